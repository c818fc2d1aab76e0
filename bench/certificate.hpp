/// A certificate for the built-in sink, made for one run and known to nobody else: it vouches for itself.
///
/// Out   two files (PEM); the daemon trusts the first as its authority
/// Errors  std::runtime_error: OpenSSL or the disk refuses
#pragma once
#include <filesystem>

namespace ilbud::bench {

/// Both or neither: without a certificate the sink speaks no TLS.
struct CertificateFiles {
    std::filesystem::path certificate, key;
    [[nodiscard]] bool empty() const { return certificate.empty(); }
};

/// For a server at 127.0.0.1, valid for two days around now; written into `folder`, the key for its owner alone.
CertificateFiles make_certificate(const std::filesystem::path& folder);

}  // namespace ilbud::bench
