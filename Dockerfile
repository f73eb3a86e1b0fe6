# Builds the one binary and runs it as nobody in particular. The data folder is /data: mount a volume there.
#   docker build -t oxsop .
#   docker run -p 8080:8080 -v oxsop:/data -e OXSOP_SERVER__PUBLIC_URL=https://network.example.org oxsop
ARG BUILDER=docker.io/library/rust:1.95-bookworm
ARG RUNNER=docker.io/library/debian:bookworm-slim

FROM ${BUILDER} AS build
# OpenSSL's headers: PostgreSQL over TLS (feature pg-tls).
RUN apt-get update && apt-get install -y --no-install-recommends libssl-dev pkg-config && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN cargo build --release --locked --features pg-tls

FROM ${RUNNER}
RUN apt-get update && apt-get install -y --no-install-recommends libssl3 ca-certificates && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --home-dir /data --create-home oxsop
COPY --from=build /source/target/release/oxsop /usr/local/bin/oxsop
USER 10001
WORKDIR /data
ENV OXSOP_DATA__FOLDER=/data OXSOP_SERVER__LISTEN=0.0.0.0:8080 OXSOP_LOG_FORMAT=json
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["oxsop", "health"]
ENTRYPOINT ["oxsop"]
