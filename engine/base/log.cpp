// Lines are made on the caller's thread in a buffer of its own: fields are data, and every value is escaped. LogWriter carries them
// away; the caller waits for a short lock, in which one line is copied.
#include "ilbud/base/log.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <map>
#include <mutex>
#include <system_error>
#include <vector>

#include "ilbud/base/json.hpp"
#include "log_writer.hpp"

namespace ilbud {
namespace {

// Of one value. A relay's reply or a browser's nonsense must not make a line that no log collector takes.
constexpr std::size_t value_bytes_max = 500;
// The code point at `text[at]` as far as escaping asks: control and bidirectional characters (UAX #9) and line separators.
// Returns its bytes, 0 if it may be shown. Only the four first bytes that lead to such characters are looked at, so
// that the rest of the text costs one comparison a byte. Malformed UTF-8 is not its concern; JSON makes U+FFFD of it.
std::size_t hidden_length(std::string_view text, std::size_t at, unsigned& code) {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const unsigned first = byte(at);
    if (first < 0x20 || first == 0x7F) {
        code = first;
        return 1;
    }
    if (first == 0xC2 && byte(at + 1) >= 0x80 && byte(at + 1) <= 0x9F) {
        code = byte(at + 1);
        return 2;
    }
    if ((first == 0xE2 || first == 0xD8 || first == 0xEF) && at + 1 < text.size()) {
        if (first == 0xD8 && byte(at + 1) == 0x9C) {
            code = 0x61C;
            return 2;
        }
        const unsigned value = ((first & 0x0FU) << 12U) | ((byte(at + 1) & 0x3FU) << 6U) | (byte(at + 2) & 0x3FU);
        const bool hidden = value == 0x200E || value == 0x200F || (value >= 0x2028 && value <= 0x202E) ||
                            (value >= 0x2066 && value <= 0x2069) || value == 0xFEFF;
        const bool continued = (byte(at + 1) & 0xC0U) == 0x80 && (byte(at + 2) & 0xC0U) == 0x80;
        if (first != 0xD8 && continued && hidden) {
            code = value;
            return 3;
        }
    }
    return 0;
}

// The limit is of what was written, with escapes: a value of control characters alone gets six times as long. The last
// escape may overshoot by five bytes.
void append_visible(std::string& out, std::string_view text, std::size_t most) {
    static constexpr std::string_view hex = "0123456789abcdef";
    const std::size_t start = out.size();
    for (std::size_t i = 0; i < text.size();) {
        if (out.size() - start >= most) {
            // Back to the start of a character, which may have been whole: the cut is
            // marked, one letter does not matter.
            while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xC0U) == 0x80U) out.pop_back();
            if (!out.empty() && static_cast<unsigned char>(out.back()) >= 0xC0U) out.pop_back();
            out += "…";
            return;
        }
        unsigned code = 0;
        const std::size_t length = hidden_length(text, i, code);
        if (length == 0) {
            out += text[i++];
            continue;
        }
        i += length;
        if (code == '\n') {
            out += "\\n";
        } else if (code == '\r') {
            out += "\\r";
        } else if (code == '\t') {
            out += "\\t";
        } else {
            out += "\\u";
            for (const unsigned shift : {12U, 8U, 4U, 0U}) out += hex[(code >> shift) & 15U];
        }
    }
}

// Nearly every value is a plain word: no escaping, no quotes, no copy.
bool is_plain_word(std::string_view text) {
    return !text.empty() && text.size() <= value_bytes_max &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F && c != '"' && c != '=' && c != '\\'; });
}

// Quotes only where something would read wrong without them: a space, a quote, an equals sign or a backslash.
void append_text_value(std::string& out, std::string_view text) {
    if (is_plain_word(text)) {
        out += text;
        return;
    }
    const auto shown = on_one_line(text, value_bytes_max);
    if (!shown.empty() && shown.find_first_of(" \"=\\") == std::string::npos) {
        out += shown;
        return;
    }
    // Backslashes before a quote are doubled, else one of them would take the quote's own: a value could end early and go on as
    // a field of its own (S26). All others stay, so that escapes of control characters are read as they were written.
    out += '"';
    std::size_t backslashes = 0;
    for (const char c : shown) {
        if (c == '"') out.append(backslashes + 1, '\\');
        backslashes = c == '\\' ? backslashes + 1 : 0;
        out += c;
    }
    out.append(backslashes, '\\');
    out += '"';
}

// A field without a text has nothing to tell.
bool is_silent(const LogField& field) {
    // Numbers and flags always speak: 0 and false are news.
    const auto* text = std::get_if<std::string_view>(&field.value);
    return text != nullptr && text->empty();
}

constexpr std::string_view level_name(LogLevel level) {
    constexpr std::array<std::string_view, 4> names{"debug", "info", "warning", "error"};
    return names[static_cast<std::size_t>(level)];
}

// As printf's %g.
void append_number(std::string& out, double number) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::general, 6).ptr;
    out.append(text.data(), end);
}

// What is shown of a text: addresses masked before anything is cut, for half an address would not be known as one.
std::string_view shown_text(const AddressMask* mask, std::string_view text, std::string& room) {
    if (mask == nullptr || !AddressMask::may_hold_address(text)) return text;
    room = mask->masked(text);
    return room;
}

// The time comes first and has a fixed width, so that lines of several processes sort by it. Names are
// written by us and need no escaping.
void append_text(std::string& line, const AddressMask* mask, LogLevel level, std::string_view event,
                 std::initializer_list<LogField> fields) {
    line += to_text(system_clock().now());
    line += ' ';
    line += level_name(level);
    line += ' ';
    line += event;
    std::string room;
    for (const auto& field : fields) {
        if (is_silent(field)) continue;
        line += ' ';
        line += field.name;
        line += '=';
        if (const auto* text = std::get_if<std::string_view>(&field.value))
            append_text_value(line, shown_text(mask, *text, room));
        if (const auto* number = std::get_if<std::int64_t>(&field.value)) line += std::to_string(*number);
        if (const auto* number = std::get_if<double>(&field.value)) append_number(line, *number);
        if (const auto* flag = std::get_if<bool>(&field.value)) line += *flag ? "true" : "false";
    }
}

void append_json(std::string& line, const AddressMask* mask, LogLevel level, std::string_view event,
                 std::initializer_list<LogField> fields) {
    JsonWriter json(line);
    json.begin_object().field("time", to_text(system_clock().now())).field("level", level_name(level)).field("event", event);
    std::string room;
    for (const auto& field : fields) {
        if (is_silent(field)) continue;
        json.key(field.name);
        // Escaped twice, for people and then for JSON: a reader gets the same visible text as in the other format.
        if (const auto* text = std::get_if<std::string_view>(&field.value))
            json.value(on_one_line(shown_text(mask, *text, room), value_bytes_max));
        if (const auto* number = std::get_if<std::int64_t>(&field.value)) json.value(*number);
        if (const auto* number = std::get_if<double>(&field.value)) json.value(*number);
        if (const auto* flag = std::get_if<bool>(&field.value)) json.value(*flag);
    }
    json.end_object();
}

void append_line(std::string& line, LogFormat format, const AddressMask* mask, LogLevel level, std::string_view event,
                 std::initializer_list<LogField> fields) {
    if (format == LogFormat::json)
        append_json(line, mask, level, event, fields);
    else
        append_text(line, mask, level, event, fields);
}

// Whatever the least level is: what is missing must be told.
std::string gap_line(LogFormat format, std::uint64_t lines) {
    std::string line;
    append_line(line, format, nullptr, LogLevel::warning, "log.dropped", {{"lines", lines}});
    return line;
}

// Of one event: what was not written since `since`.
struct Counted {
    LogLevel level{};
    SteadyTime since;
    std::uint64_t times = 0;
};

}  // namespace

// `write` or `writer`, one of the two. Masks are kept to the end: a line that is being made on another thread may use the one
// before.
struct Log::Impl {
    std::mutex mutex;
    std::function<void(std::string_view)> write;
    std::unique_ptr<LogWriter> writer;
    Duration repeat_period = 1min;
    std::map<std::pair<std::string, std::string>, Counted, std::less<>> counted;  // under counted_mutex
    std::mutex counted_mutex;
    std::vector<std::unique_ptr<const AddressMask>> masks;
    std::atomic<const AddressMask*> mask = nullptr;
};

Log::Log(LogLevel least, LogFormat format, std::function<void(std::string_view)> write)
    : least_(least), format_(format), impl_(std::make_unique<Impl>()) {
    impl_->write = std::move(write);
}

Log::Log(LogLevel least, LogFormat format, const LogOutput& output)
    : least_(least), format_(format), impl_(std::make_unique<Impl>()) {
    impl_->writer = std::make_unique<LogWriter>(output, [format](std::uint64_t lines) { return gap_line(format, lines); });
}

Log::~Log() {
    tell_counted(true);
}

void Log::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    if (level >= least_) put(level, event, fields);
}

void Log::put(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    // Keeps its memory for the thread's next line. So a `write` given by the caller must not log: it would clear the
    // very line it is handed, and with the same Log wait for its own lock.
    thread_local std::string line;
    line.clear();
    append_line(line, format_, impl_->mask.load(std::memory_order_acquire), level, event, fields);
    if (impl_->writer) {
        impl_->writer->add(line, level >= LogLevel::warning);
        return;
    }
    const std::scoped_lock lock(impl_->mutex);
    impl_->write(line);
}

// Counting goes on behind a first line until a whole period has passed without another one.
void Log::counted(LogLevel level, std::string_view event, std::string_view of, std::initializer_list<LogField> fields) {
    if (level < least_) return;
    if (impl_->repeat_period > Duration{}) {
        const std::scoped_lock lock(impl_->counted_mutex);
        const auto [entry, first] =
            impl_->counted.try_emplace({std::string(event), std::string(of)}, Counted{level, std::chrono::steady_clock::now()});
        if (!first) {
            ++entry->second.times;
            return;
        }
    }
    put(level, event, fields);
}

void Log::tell_counted(bool all) {
    const auto now = std::chrono::steady_clock::now();
    const std::scoped_lock lock(impl_->counted_mutex);
    for (auto entry = impl_->counted.begin(); entry != impl_->counted.end();) {
        auto& [key, counted] = *entry;
        const auto passed = now - counted.since;
        if (!all && passed < impl_->repeat_period) {
            ++entry;
        } else if (counted.times == 0) {
            entry = impl_->counted.erase(entry);
        } else {
            put(counted.level, "log.repeated",
                {{"event", key.first},
                 {"of", key.second},
                 {"times", counted.times},
                 {"seconds", std::chrono::duration_cast<std::chrono::seconds>(passed).count()}});
            counted.times = 0;
            counted.since = now;
            ++entry;
        }
    }
}

void Log::set_repeat_period(Duration period) {
    impl_->repeat_period = period;
}

void Log::mask_addresses(AddressMask mask) {
    const std::scoped_lock lock(impl_->mutex);
    impl_->masks.push_back(std::make_unique<const AddressMask>(std::move(mask)));
    impl_->mask.store(impl_->masks.back().get(), std::memory_order_release);
}

void Log::flush() {
    if (impl_->writer) impl_->writer->flush();
}

void Log::drain() {
    tell_counted(true);
    if (impl_->writer) impl_->writer->drain();
}

std::uint64_t Log::dropped() const {
    return impl_->writer ? impl_->writer->dropped() : 0;
}

std::string on_one_line(std::string_view text, std::size_t most) {
    std::string out;
    out.reserve(std::min(text.size(), most) + 8);
    append_visible(out, text, most);
    return out;
}

}  // namespace ilbud
