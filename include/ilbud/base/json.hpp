/// Writes JSON text (RFC 8259) onto the end of a string. Reading is simdjson's work, in the rooms that read.
///
/// Pure  commas are set by the writer; keys and values must alternate as in the JSON that results
/// Bytes that are not UTF-8 become U+FFFD, control characters are escaped, so that the result is always valid JSON on one line
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace ilbud {

class JsonWriter {
 public:
    explicit JsonWriter(std::string& out) : out_(out) {}

    JsonWriter& begin_object() { return open('{'); }
    JsonWriter& end_object() { return close('}'); }
    JsonWriter& begin_array() { return open('['); }
    JsonWriter& end_array() { return close(']'); }
    JsonWriter& key(std::string_view name);

    JsonWriter& value(std::string_view text);
    JsonWriter& value(const char* text) { return value(std::string_view(text)); }
    JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
    JsonWriter& value(bool flag);
    JsonWriter& value(double number);  ///< not finite: null
    template <class Integer>
    requires(std::is_integral_v<Integer> && !std::is_same_v<Integer, bool>) JsonWriter& value(Integer number) {
        return raw(std::to_string(number));
    }
    JsonWriter& null() { return raw("null"); }
    /// `json` as it stands: it must be one JSON value.
    JsonWriter& raw(std::string_view json);

    template <class T>
    JsonWriter& field(std::string_view name, const T& content) {
        key(name);
        return value(content);
    }

 private:
    JsonWriter& open(char bracket);
    JsonWriter& close(char bracket);
    void separate();

    std::string& out_;
    bool first_ = true;       // nothing stands before the next element at this level
    bool after_key_ = false;  // the next element is a member's value
};

/// `text` as a JSON string with its quotes, appended to `out`.
void append_json_string(std::string& out, std::string_view text);

}  // namespace ilbud
