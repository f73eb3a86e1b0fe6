//! Pictures, drawn anew: what comes out is upright, of bounded size, and has nothing in it but what is seen (TRUST S48,
//! S49).
//!
//! # Why
//! * The header is read first: a picture that would unfold to more than memory bears is refused before it does.
//! * It is made smaller before it is turned, so that two copies of a large one never stand side by side in memory; and
//!   two at most are unfolded at once, a large one alone.
//! * Nobody's camera, place or thumbnail is copied: pixels are all that is taken over.

use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use tokio::sync::Semaphore;

use super::kinds::Kind;

/// Bytes of a picture as it comes.
pub const LARGEST: usize = 10_000_000;
const LONGEST_SIDE: u32 = 8_000;
const MOST_PIXELS: u64 = 40_000_000;
/// What a picture may unfold to, and what decoding may take.
const MOST_UNFOLDED: u64 = 200 * 1024 * 1024;
const MOST_MEMORY: u64 = 256 * 1024 * 1024;
/// The longer side of what is kept.
const KEPT_SIDE: u32 = 2_000;
/// From here on a picture is unfolded alone.
const LARGE_PIXELS: u64 = 12_000_000;
const SECONDS: u64 = 20;

/// A picture as it is kept.
pub struct Picture {
    pub kind: Kind,
    pub bytes: Vec<u8>,
    pub width: i32,
    pub height: i32,
}

/// How many pictures are being unfolded: an application part.
pub struct Decoding(Arc<Semaphore>);

impl Default for Decoding {
    fn default() -> Decoding {
        Decoding(Arc::new(Semaphore::new(2)))
    }
}

const TOO_MUCH: &str = "This picture is too large: 8,000 pixels a side and 40 million in all are the most.";
const BROKEN: &str = "This picture is broken, or not what its name says: open it, save it again and send that.";
const BUSY: &str = "Too many pictures are being read just now: try again in a minute.";

/// Draws a picture anew, in its turn.
pub async fn clean(decoding: &Decoding, bytes: Vec<u8>, kind: Kind) -> Result<Picture, String> {
    let (width, height) = measure(&bytes, kind)?;
    let places = if u64::from(width) * u64::from(height) > LARGE_PIXELS {
        2
    } else {
        1
    };
    let turn = decoding.0.clone().acquire_many_owned(places);
    let turn = tokio::time::timeout(Duration::from_secs(SECONDS), turn).await;
    let turn = turn.map_err(|_| BUSY)?.map_err(|_| BUSY)?;
    let drawing = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        redraw(&bytes, kind)
    });
    match tokio::time::timeout(Duration::from_secs(SECONDS), drawing).await {
        Ok(Ok(done)) => done.map_err(str::to_owned),
        Ok(Err(_)) => Err(BROKEN.into()),
        Err(_) => Err("This picture takes too long to read: save it again, smaller.".into()),
    }
}

fn reader(bytes: &[u8], kind: Kind) -> ImageReader<Cursor<&[u8]>> {
    let format = match kind {
        Kind::Jpeg => ImageFormat::Jpeg,
        Kind::WebP => ImageFormat::WebP,
        _ => ImageFormat::Png,
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    reader
}

fn said(e: image::ImageError) -> &'static str {
    match e {
        image::ImageError::Limits(_) => TOO_MUCH,
        _ => BROKEN,
    }
}

/// Width and height by the header alone.
fn measure(bytes: &[u8], kind: Kind) -> Result<(u32, u32), &'static str> {
    let decoder = reader(bytes, kind).into_decoder().map_err(said)?;
    let (width, height) = decoder.dimensions();
    let is_too_much = width > LONGEST_SIDE
        || height > LONGEST_SIDE
        || u64::from(width) * u64::from(height) > MOST_PIXELS
        || decoder.total_bytes() > MOST_UNFOLDED;
    match () {
        () if width == 0 || height == 0 => Err(BROKEN),
        () if is_too_much => Err(TOO_MUCH),
        () => Ok((width, height)),
    }
}

fn redraw(bytes: &[u8], kind: Kind) -> Result<Picture, &'static str> {
    measure(bytes, kind)?;
    let mut decoder = reader(bytes, kind).into_decoder().map_err(said)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(said)?;
    if image.width().max(image.height()) > KEPT_SIDE {
        image = image.thumbnail(KEPT_SIDE, KEPT_SIDE);
    }
    image.apply_orientation(orientation);
    let has_alpha = image.color().has_alpha();
    let (width, height) = (image.width(), image.height());
    let mut out = Vec::new();
    let kind = match kind {
        Kind::Jpeg | Kind::WebP if !has_alpha => {
            JpegEncoder::new_with_quality(&mut out, 85)
                .encode_image(&image.into_rgb8())
                .map_err(said)?;
            Kind::Jpeg
        }
        _ => {
            let flat = if has_alpha {
                DynamicImage::from(image.into_rgba8())
            } else {
                DynamicImage::from(image.into_rgb8())
            };
            flat.write_to(&mut Cursor::new(&mut out), ImageFormat::Png)
                .map_err(said)?;
            Kind::Png
        }
    };
    Ok(Picture {
        kind,
        bytes: out,
        width: i32::try_from(width).unwrap_or(0),
        height: i32::try_from(height).unwrap_or(0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let image = DynamicImage::new_rgb8(width, height);
        image.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
        bytes
    }

    /// A JPEG twice as wide as high whose Exif says: turn me by 90 degrees; and names a camera.
    fn turned_jpeg() -> Vec<u8> {
        let mut plain = Vec::new();
        let image = DynamicImage::new_rgb8(40, 20).into_rgb8();
        JpegEncoder::new_with_quality(&mut plain, 80)
            .encode_image(&image)
            .unwrap();
        let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x02".to_vec();
        exif.extend_from_slice(b"\x01\x0F\0\x02\0\0\0\x0B\0\0\0\x26"); // Make, at 38
        exif.extend_from_slice(b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"); // Orientation 6
        exif.extend_from_slice(b"\0\0\0\0CanaryCam1\0");
        let mut bytes = b"\xFF\xD8\xFF\xE1".to_vec();
        bytes.extend_from_slice(&u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
        bytes.extend_from_slice(&exif);
        bytes.extend_from_slice(&plain[2..]);
        bytes
    }

    #[test]
    fn a_photograph_comes_out_upright_and_tells_of_no_camera() {
        let sent = turned_jpeg();
        assert!(sent.windows(9).any(|part| part == b"CanaryCam"));
        let kept = redraw(&sent, Kind::Jpeg).unwrap();
        assert_eq!((kept.kind, kept.width, kept.height), (Kind::Jpeg, 20, 40));
        assert!(!kept.bytes.windows(9).any(|part| part == b"CanaryCam"));
        assert!(!kept.bytes.windows(4).any(|part| part == b"Exif"));
    }

    #[test]
    fn large_ones_are_made_smaller_and_what_follows_the_picture_is_gone() {
        let mut sent = png(2_500, 500);
        sent.extend_from_slice(b"<script>canary</script>");
        let kept = redraw(&sent, Kind::Png).unwrap();
        assert_eq!((kept.kind, kept.width, kept.height), (Kind::Png, 2_000, 400));
        assert!(!kept.bytes.windows(6).any(|part| part == b"canary"));
    }

    #[test]
    fn a_header_that_promises_too_much_is_refused_before_it_unfolds() {
        for (width, height) in [(60_000u32, 60_000u32), (8_001, 1), (7_000, 7_000)] {
            let mut bomb = png(1, 1);
            bomb[16..20].copy_from_slice(&width.to_be_bytes());
            bomb[20..24].copy_from_slice(&height.to_be_bytes());
            let crc = crc32(&bomb[12..29]);
            bomb[29..33].copy_from_slice(&crc.to_be_bytes());
            assert_eq!(measure(&bomb, Kind::Png), Err(TOO_MUCH), "{width}×{height}");
        }
    }

    #[test]
    fn what_is_no_picture_or_half_of_one_is_refused() {
        let whole = png(50, 50);
        for (bytes, kind) in [
            (&whole[..whole.len() / 2], Kind::Png),
            (&b"\x89PNG\r\n\x1a\n"[..], Kind::Png),
            (b"\xFF\xD8\xFF\xE0", Kind::Jpeg),
            (b"RIFF\0\0\0\0WEBP", Kind::WebP),
            (&whole, Kind::Jpeg),
        ] {
            assert!(redraw(bytes, kind).is_err());
        }
    }

    /// As PNG wants it (RFC 2083 §15).
    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                if crc & 1 == 1 {
                    (crc >> 1) ^ 0xEDB8_8320
                } else {
                    crc >> 1
                }
            })
        })
    }
}
