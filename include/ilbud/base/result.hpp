/// Values or the reason why there is none: how bad input is said (STYLE: exceptions are for a broken world).
///
/// Pure  no I/O
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace ilbud {

/// Why something was refused.
struct Error {
    std::string code;    ///< stable, snake_case, for programs: "invalid_address"
    std::string place;   ///< where: a field's path ("data.subscriber.email") or "file:line:column"; may be empty
    std::string detail;  ///< for people: what was found and what was expected; never a secret

    bool operator==(const Error&) const = default;
};

/// "place: detail (code)", for logs and terminals.
[[nodiscard]] std::string to_text(const Error& error);

/// Either a T or an E. Test it before use: `if (!result) return result.error();`
/// Both converting constructors are implicit, so that a function ends in `return value;` or `return error;`. T and E
/// must differ. Asking for the one that is not there throws std::bad_variant_access, a bug of the caller.
template <class T, class E = Error>
class [[nodiscard]] Result {
 public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit on purpose
    Result(E error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

    explicit operator bool() const { return state_.index() == 0; }
    [[nodiscard]] bool has_value() const { return state_.index() == 0; }

    T& operator*() & { return std::get<0>(state_); }
    const T& operator*() const& { return std::get<0>(state_); }
    T&& operator*() && { return std::get<0>(std::move(state_)); }
    T* operator->() { return &std::get<0>(state_); }
    const T* operator->() const { return &std::get<0>(state_); }

    [[nodiscard]] const E& error() const& { return std::get<1>(state_); }
    [[nodiscard]] E&& error() && { return std::get<1>(std::move(state_)); }

 private:
    std::variant<T, E> state_;
};

/// Success without a value, or an E.
template <class E>
class [[nodiscard]] Result<void, E> {
 public:
    Result() = default;
    Result(E error) : error_(std::move(error)) {}  // NOLINT: implicit on purpose

    explicit operator bool() const { return !error_; }
    [[nodiscard]] bool has_value() const { return !error_; }
    [[nodiscard]] const E& error() const { return *error_; }

 private:
    std::optional<E> error_;
};

}  // namespace ilbud
