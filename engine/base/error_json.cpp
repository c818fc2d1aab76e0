// Both forms share the object, so that a program that reads one error reads many alike. The result has no
// line end: who prints it adds one.
#include "ilbud/base/error_json.hpp"

#include "ilbud/base/json.hpp"

namespace ilbud {
namespace {

void write_error(JsonWriter& json, const Error& error) {
    json.begin_object().field("code", error.code);
    // Absent rather than "": a place that is there can be relied on to name something.
    if (!error.place.empty()) json.field("place", error.place);
    json.field("detail", error.detail).end_object();
}

}  // namespace

std::string error_line(const Error& error) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("error");
    write_error(json, error);
    json.end_object();
    return out;
}

std::string error_lines(const std::vector<Error>& errors) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("errors").begin_array();
    for (const auto& error : errors) write_error(json, error);
    json.end_array().end_object();
    return out;
}

}  // namespace ilbud
