/// Bytes in, lines out: the part of the line socket that never touches a socket.
///
/// In    bytes as they come, in pieces of any size
/// Out   lines without their '\n'; blank ones (only spaces, tabs, CR) are left out
/// Pure  holds at most line_bytes_max and two pieces of 256 KiB, however long a line goes on
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

namespace ilbud {

class LineBuffer {
 public:
    struct Room {
        char* data;
        std::size_t size;
    };

    explicit LineBuffer(std::size_t line_bytes_max) : line_bytes_max_(line_bytes_max) {}

    /// Where the next bytes may be written; ends the life of lines taken before.
    Room prepare();
    /// `size` bytes were written to the start of the room.
    void commit(std::size_t size);
    /// No more bytes will come: what is left is a line.
    void finish();

    /// Whether take() has something to look at.
    [[nodiscard]] bool has_line() const { return line_end_ != none; }
    /// Whether a line has begun and not ended.
    [[nodiscard]] bool has_begun() const { return !has_line() && end_ > begin_; }
    /// Up to `most` lines; an oversized one as its first line_bytes_max + 1 bytes. May be empty: blank lines.
    std::vector<std::string_view> take(std::size_t most);
    /// Bytes of memory held.
    [[nodiscard]] std::size_t capacity() const { return bytes_.capacity(); }

 private:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    // Sixteen events of 1 KB in one read at the least; 256 KiB are read at once from a sender that never stops.
    static constexpr std::size_t piece_min = 16 * 1024;
    static constexpr std::size_t piece_max = 256 * 1024;

    void compact();
    void find_line_end(std::size_t from);

    std::size_t line_bytes_max_;
    std::vector<char> bytes_;
    std::size_t begin_ = 0;          // of the first line not taken
    std::size_t end_ = 0;            // of what was read
    std::size_t line_end_ = none;    // of the first line: its '\n', or end_ after finish()
    std::size_t piece_ = piece_min;  // room to offer: grows while it is used up, so that a busy sender's lines come in batches
    std::size_t offered_ = 0;
    bool dropping_ = false;  // the line at begin_ is oversized: its start is kept, its rest is not
    bool finished_ = false;
};

}  // namespace ilbud
