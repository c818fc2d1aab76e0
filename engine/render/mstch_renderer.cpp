// The only source that includes mstch: its header brings Boost.Variant along, and
// its types would reach whoever fills in a view. Hence the two holders. What is
// relied on: an unknown name prints nothing, and values are not parsed again (S20).
// Templates come here folded, without partials but for tests of mstch itself.
#include "mstch_renderer.hpp"

#include <mstch/mstch.hpp>

namespace ilbud {

struct Fields::Data {
    mstch::map values;
};
struct Items::Data {
    mstch::array values;
};

namespace {

// How the render at hand of this thread escapes, and how many bytes of values it may still write.
struct Escaping {
    Escape mode = Escape::html;
    std::size_t left = SIZE_MAX;
};
thread_local Escaping escaping;

// Called by mstch for each {{value}}, not for {{&raw}}: raw ones are made by the
// engine and counted by their makers. A list multiplies values, so the limit is
// kept while they are written and not afterwards, when the memory is gone.
std::string escape_value(const std::string& value) {
    std::string out;
    out.reserve(value.size() + 8);
    append_escaped(out, value, escaping.mode);
    if (out.size() > escaping.left) throw OutputTooLarge("the values exceed the size limit of a mail");
    escaping.left -= out.size();
    return out;
}

// mstch's hook is one object for the whole program: set before the first render and never again, so that lanes need no lock.
void install_escaping() {
    [[maybe_unused]] static const bool installed = [] {
        mstch::config::escape = escape_value;
        return true;
    }();
}

// Puts back what was before, also when a render throws: the next one on this thread starts clean.
class EscapingScope {
 public:
    EscapingScope(Escape mode, std::size_t values_max) : before_(escaping) {
        install_escaping();
        escaping = {mode, values_max};
    }
    ~EscapingScope() { escaping = before_; }
    EscapingScope(const EscapingScope&) = delete;
    EscapingScope& operator=(const EscapingScope&) = delete;

 private:
    Escaping before_;
};

template <class T>
void assign(mstch::map& values, std::string_view name, T&& value) {
    values.insert_or_assign(std::string(name), mstch::node(std::forward<T>(value)));
}

}  // namespace

Fields::Fields() : data_(std::make_unique<Data>()) {}
Fields::~Fields() = default;
Fields::Fields(Fields&&) noexcept = default;
Fields& Fields::operator=(Fields&&) noexcept = default;
void Fields::put(std::string_view name, std::string value) {
    assign(data_->values, name, std::move(value));
}
void Fields::put(std::string_view name, bool value) {
    assign(data_->values, name, value);
}
void Fields::put(std::string_view name, int value) {
    assign(data_->values, name, value);
}
void Fields::put(std::string_view name, double value) {
    assign(data_->values, name, value);
}
void Fields::put(std::string_view name, Fields value) {
    assign(data_->values, name, std::move(value.data().values));
}
void Fields::put(std::string_view name, Items value) {
    assign(data_->values, name, std::move(value.data().values));
}
// Present and empty, as against absent: within a section
// mstch then does not climb to the parent for the name.
void Fields::put_nothing(std::string_view name) {
    assign(data_->values, name, nullptr);
}

Items::Items() : data_(std::make_unique<Data>()) {}
Items::~Items() = default;
Items::Items(Items&&) noexcept = default;
Items& Items::operator=(Items&&) noexcept = default;
void Items::add(std::string value) {
    data_->values.emplace_back(std::move(value));
}
void Items::add(bool value) {
    data_->values.emplace_back(value);
}
void Items::add(int value) {
    data_->values.emplace_back(value);
}
void Items::add(double value) {
    data_->values.emplace_back(value);
}
void Items::add(Fields value) {
    data_->values.emplace_back(std::move(value.data().values));
}
void Items::add(Items value) {
    data_->values.emplace_back(std::move(value.data().values));
}

// mstch may call back for thousands of values: the limit holds for all of them together, not for each.
std::string render_mustache(const std::string& source, Fields& fields, Escape mode, std::size_t values_max,
                            const std::map<std::string, std::string>& partials) {
    const EscapingScope scope(mode, values_max);
    // Lent to the node and taken back: mstch copies it often enough by itself.
    // A destructor gives it back, since a render may throw.
    mstch::node root = std::move(fields.data().values);
    struct Return {
        mstch::node& from;
        mstch::map& to;
        ~Return() { to = std::move(boost::get<mstch::map>(from)); }
    } const give_back{root, fields.data().values};
    return mstch::render(source, root, partials);
}

// Only the specification's tests have a value that is no map.
std::string render_mustache(const std::string& source, const Items& single, Escape mode) {
    const EscapingScope scope(mode, SIZE_MAX);
    return mstch::render(source, single.data().values.at(0));
}

}  // namespace ilbud
