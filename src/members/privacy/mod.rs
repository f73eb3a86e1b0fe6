//! What members agreed to, what is known of them, and leaving: each as easy to take back as it was to give.

pub mod actions;
mod export;
pub mod http;
mod mail;

pub use mail::kinds as mail_kinds;
