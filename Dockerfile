# A small image that holds nothing but Rollcall:
#
#   docker build -t rollcall .
#   docker run --rm rollcall verify
#   docker run --rm -v "$PWD:/work" -e ACME_SCIM_TOKEN rollcall verify --target rollcall.yaml --json report.json
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN make build && mkdir -p /image/tmp /image/work /image/etc/ssl/certs && chmod 1777 /image/tmp \
    && cp rollcall /image/rollcall && cp /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/

FROM scratch
COPY --from=build /image/ /
ENV HOME=/work
WORKDIR /work
ENTRYPOINT ["/rollcall"]
CMD ["verify"]
