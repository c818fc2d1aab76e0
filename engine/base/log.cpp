#include "ilbud/base/log.hpp"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>

#include "ilbud/base/json.hpp"
#include "ilbud/base/time.hpp"

namespace ilbud {
namespace {

constexpr std::size_t value_bytes_max = 500;
constexpr std::size_t buffer_bytes_max = 64 * 1024;

/// Gathers lines and writes them with one system call; spdlog's own console sink flushes after each.
class StandardErrorSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
    ~StandardErrorSink() override { write_out(); }

 protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
        buffer_.append(message.payload.data(), message.payload.size());
        buffer_ += '\n';
        if (buffer_.size() > buffer_bytes_max) write_out();
    }
    void flush_() override { write_out(); }

 private:
    void write_out() {
        std::string_view rest = buffer_;
        while (!rest.empty()) {
            const auto written = ::write(STDERR_FILENO, rest.data(), rest.size());
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) break;  // nobody reads: the log is lost, the mail is not
            rest.remove_prefix(static_cast<std::size_t>(written));
        }
        buffer_.clear();
    }
    std::string buffer_;
};

// The code point at `text[at]` as far as escaping asks: control and bidirectional characters (UAX #9) and line separators.
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
        if (first != 0xD8 && hidden) {
            code = value;
            return 3;
        }
    }
    return 0;
}

void append_visible(std::string& out, std::string_view text, std::size_t most) {
    static constexpr std::string_view hex = "0123456789abcdef";
    const std::size_t start = out.size();
    for (std::size_t i = 0; i < text.size();) {
        if (out.size() - start >= most) {
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
    out += '"';
    for (const char c : shown) {
        if (c == '"') out += '\\';
        out += c;
    }
    out += '"';
}

// A field without a text has nothing to tell.
bool is_silent(const LogField& field) {
    const auto* text = std::get_if<std::string_view>(&field.value);
    return text != nullptr && text->empty();
}

constexpr std::string_view level_name(LogLevel level) {
    constexpr std::array<std::string_view, 4> names{"debug", "info", "warning", "error"};
    return names[static_cast<std::size_t>(level)];
}

void append_text(std::string& line, LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    line += to_text(system_clock().now());
    line += ' ';
    line += level_name(level);
    line += ' ';
    line += event;
    for (const auto& field : fields) {
        if (is_silent(field)) continue;
        line += ' ';
        line += field.name;
        line += '=';
        if (const auto* text = std::get_if<std::string_view>(&field.value)) append_text_value(line, *text);
        if (const auto* number = std::get_if<std::int64_t>(&field.value)) line += std::to_string(*number);
        if (const auto* number = std::get_if<double>(&field.value)) line += spdlog::fmt_lib::format("{:.6g}", *number);
        if (const auto* flag = std::get_if<bool>(&field.value)) line += *flag ? "true" : "false";
    }
}

void append_json(std::string& line, LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    JsonWriter json(line);
    json.begin_object().field("time", to_text(system_clock().now())).field("level", level_name(level)).field("event", event);
    for (const auto& field : fields) {
        if (is_silent(field)) continue;
        json.key(field.name);
        if (const auto* text = std::get_if<std::string_view>(&field.value)) json.value(on_one_line(*text, value_bytes_max));
        if (const auto* number = std::get_if<std::int64_t>(&field.value)) json.value(*number);
        if (const auto* number = std::get_if<double>(&field.value)) json.value(*number);
        if (const auto* flag = std::get_if<bool>(&field.value)) json.value(*flag);
    }
    json.end_object();
}

}  // namespace

struct Log::Impl {
    std::mutex mutex;
    std::function<void(std::string_view)> write;
    std::shared_ptr<spdlog::logger> logger;
};

Log::Log(LogLevel least, LogFormat format, std::function<void(std::string_view)> write)
    : least_(least), format_(format), impl_(std::make_unique<Impl>()) {
    impl_->write = std::move(write);
}

Log::Log(LogLevel least, LogFormat format) : least_(least), format_(format), impl_(std::make_unique<Impl>()) {
    impl_->logger = std::make_shared<spdlog::logger>("ilbud", std::make_shared<StandardErrorSink>());
    impl_->logger->set_level(spdlog::level::trace);
    impl_->logger->flush_on(spdlog::level::warn);
    spdlog::register_logger(impl_->logger);
    spdlog::flush_every(std::chrono::seconds(1));
}

Log::~Log() {
    if (impl_->logger) {
        impl_->logger->flush();
        spdlog::drop("ilbud");
    }
}

void Log::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    if (level < least_) return;
    thread_local std::string line;
    line.clear();
    if (format_ == LogFormat::json)
        append_json(line, level, event, fields);
    else
        append_text(line, level, event, fields);
    if (impl_->logger) {
        static constexpr std::array levels{spdlog::level::debug, spdlog::level::info, spdlog::level::warn, spdlog::level::err};
        impl_->logger->log(levels[static_cast<std::size_t>(level)], spdlog::string_view_t(line.data(), line.size()));
        return;
    }
    const std::scoped_lock lock(impl_->mutex);
    impl_->write(line);
}

void Log::flush() {
    if (impl_->logger) impl_->logger->flush();
}

std::string on_one_line(std::string_view text, std::size_t most) {
    std::string out;
    out.reserve(std::min(text.size(), most) + 8);
    append_visible(out, text, most);
    return out;
}

}  // namespace ilbud
