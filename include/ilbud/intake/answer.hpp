/// What the sender of an event is told: one JSON line an event, in order (DESIGN §8).
///
/// Pure
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/base/result.hpp"
#include "ilbud/intake/ignored_field.hpp"
#include "ilbud/settings/words.hpp"

namespace ilbud {

enum class AnswerStatus : std::uint8_t { accepted, duplicate, conflict, rejected, busy };
template <>
inline constexpr std::array<std::string_view, 5> words<AnswerStatus>{"accepted", "duplicate", "conflict", "rejected", "busy"};

struct Answer {
    struct Mail {
        std::string id;
        Kind kind{};
        std::string to;
    };
    struct Skipped {
        Kind kind{};
        std::string reason;
        std::string field = {};      ///< may be empty
        bool undeliverable = false;  ///< who was to get it must be reached in another way
    };

    std::string id;
    std::string source;
    AnswerStatus status{};
    std::vector<Mail> mails;
    std::vector<Skipped> skipped;
    std::vector<IgnoredField> ignored;
    std::optional<Error> error;
};

/// Appends `answer` as one line, '\n' included:
/// {"id","source","status","mails":[{"id","kind","to"}],"skipped":[{"kind","reason","field","undeliverable"}],"ignored":
/// [{"field","nearest"}],"error":{"code","field","detail"}}; `error`, a skip's `field`, its `undeliverable` (true) and a field's
/// `nearest` only where there is one.
void append_line(std::string& out, const Answer& answer);

/// Appends the line that a connection ends with when it has to: {"status","error":{"code","field","detail"}}. It answers no event,
/// hence it has no id; every answer to an event has one, even if it is empty.
void append_last_line(std::string& out, AnswerStatus status, const Error& error);

}  // namespace ilbud
