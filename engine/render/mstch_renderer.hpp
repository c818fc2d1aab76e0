// Mustache by mstch: the one door to it. Values are escaped by one global function that reads this thread's mode.
#pragma once
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "ilbud/render/escape.hpp"

namespace ilbud {

class Items;

// A set of named values, as a template sees them.
// Movable only: a copy would be a deep one, and none is needed. A value put twice is the later one.
class Fields {
 public:
    Fields();
    ~Fields();
    Fields(Fields&&) noexcept;
    Fields& operator=(Fields&&) noexcept;

    void put(std::string_view name, std::string value);
    void put(std::string_view name, const char* value) { put(name, std::string(value)); }
    void put(std::string_view name, bool value);
    void put(std::string_view name, int value);
    void put(std::string_view name, double value);
    void put(std::string_view name, Fields value);
    void put(std::string_view name, Items value);
    void put_nothing(std::string_view name);

    // Incomplete here, so that mstch's types stay in one source.
    struct Data;
    [[nodiscard]] Data& data() const { return *data_; }

 private:
    std::unique_ptr<Data> data_;
};

// A list of values, which a section goes through.
class Items {
 public:
    Items();
    ~Items();
    Items(Items&&) noexcept;
    Items& operator=(Items&&) noexcept;

    void add(std::string value);
    void add(bool value);
    void add(int value);
    void add(double value);
    void add(Fields value);
    void add(Items value);

    struct Data;
    [[nodiscard]] Data& data() const { return *data_; }

 private:
    std::unique_ptr<Data> data_;
};

// Thrown out of a render whose values exceed its limit.
struct OutputTooLarge : std::length_error {
    using std::length_error::length_error;
};

// Renders `source` with `fields` (the same afterwards), values escaped as `mode` says and at most `values_max` bytes of them in
// all. Throws  OutputTooLarge; std::length_error for some malformed templates: linted ones never
std::string render_mustache(const std::string& source, Fields& fields, Escape mode, std::size_t values_max,
                            const std::map<std::string, std::string>& partials = {});

// The same over a single value: what a template's "." stands for.
std::string render_mustache(const std::string& source, const Items& single, Escape mode);

}  // namespace ilbud
