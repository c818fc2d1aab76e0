/// The "tag=value; tag=value" lists that DKIM, DMARC, TLS-RPT, MTA-STS and BIMI publish in the DNS.
///
/// In    a TXT record's bytes, whatever they are
/// Out   its tags in their order with their positions, and what could not be read; never fails
/// Pure
/// See   RFC 6376 §3.2; RFC 9989 §4.8; RFC 8460 §3; RFC 8461 §3.1
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ilbud {

struct RecordTag {
    std::string name;    ///< as written: case matters (RFC 6376 §3.2)
    std::string value;   ///< without white space at its ends
    std::size_t at = 0;  ///< where the name begins, counted in bytes from 0

    bool operator==(const RecordTag&) const = default;
};

/// A part of a record that receivers ignore or refuse.
struct RecordProblem {
    /// `obsolete`: had a meaning once and has none now.
    enum class Kind { malformed, duplicate, misplaced, invalid, missing, obsolete };
    Kind kind{};
    std::string tag;    ///< its name; empty for a part that is no tag
    std::string value;  ///< what stands there, at most 100 bytes
    std::size_t at = 0;

    bool operator==(const RecordProblem&) const = default;
};

struct TagList {
    std::vector<RecordTag> tags;  ///< of several with one name the first; the others are problems
    std::vector<RecordProblem> problems;

    /// The tag `name`, or null.
    [[nodiscard]] const RecordTag* find(std::string_view name) const;
    /// A problem about `tag`.
    void refuse(RecordProblem::Kind kind, const RecordTag& tag);
};

/// At most 100 tags are read; what follows is one problem.
[[nodiscard]] TagList parse_tag_list(std::string_view record);

/// Whether the first tag is v=`version`, name and value in exactly these letters; blanks around the "=" do no harm.
[[nodiscard]] bool has_version(std::string_view record, std::string_view version);

/// mailto: with an address; a size limit of old may follow ("!10m").
[[nodiscard]] bool is_report_address(std::string_view uri);

/// The parts of `text` between `separator`, each trimmed; one empty part if `text` is blank.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace ilbud
