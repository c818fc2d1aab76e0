/// Lines from a file, a pipe or a terminal, without waiting for one that has not come yet.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace ilbud {

class LineInput {
 public:
    /// Opens `path`; "-" is standard input. Test it: errno says why it failed.
    explicit LineInput(const std::string& path);
    ~LineInput();
    LineInput(const LineInput&) = delete;
    LineInput& operator=(const LineInput&) = delete;
    explicit operator bool() const { return descriptor_ >= 0; }

    /// Whether no whole line is there now, but one may come.
    [[nodiscard]] bool waits();
    /// The next line without its end, the last one with or without it; nothing at the end. Waits for it if need be.
    std::optional<std::string> next();
    /// Whether reading failed before the end.
    [[nodiscard]] bool broken() const { return broken_; }
    [[nodiscard]] int descriptor() const { return descriptor_; }
    /// The file's size; 0 where there is none to tell.
    [[nodiscard]] std::uint64_t bytes_total() const;

 private:
    void read_more();  // waits for bytes
    [[nodiscard]] bool has_line();

    int descriptor_ = -1;
    std::string buffer_;
    std::size_t begin_ = 0;     // of the next line
    std::size_t searched_ = 0;  // no line end stands between begin_ and this
    bool at_end_ = false;
    bool broken_ = false;
};

}  // namespace ilbud
