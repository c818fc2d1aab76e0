// Bytes stay where they were read: lines are views, and only the beginning of an unfinished one is moved,
// once for each batch of lines before it. Each byte is searched for '\n' once, however small the pieces are,
// so a line costs what it is long.
#include "line_buffer.hpp"

#include <algorithm>
#include <cstring>

namespace ilbud {
namespace {

bool is_blank(std::string_view line) {
    return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

// `from` is the first byte not yet searched.
void LineBuffer::find_line_end(std::size_t from) {
    line_end_ = none;
    if (from < end_)
        if (const void* found = std::memchr(bytes_.data() + from, '\n', end_ - from))
            line_end_ = static_cast<std::size_t>(static_cast<const char*>(found) - bytes_.data());
    // After the end of the stream what is left is a line, too: `printf '{…}' | socat` sends none behind it.
    if (line_end_ == none && finished_ && end_ > begin_) line_end_ = end_;
}

// A connection that once sent a large line and idles now gives its memory back.
void LineBuffer::compact() {
    if (begin_ > 0) {
        std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
        if (line_end_ != none) line_end_ -= begin_;
        end_ -= begin_;
        begin_ = 0;
    }
    if (end_ == 0 && bytes_.capacity() > 2 * piece_) std::vector<char>().swap(bytes_);
}

LineBuffer::Room LineBuffer::prepare() {
    compact();
    // One byte more than allowed is kept, so that whoever reads the line sees by its length that it was too long.
    if (!has_line() && end_ > line_bytes_max_ + 1) {
        dropping_ = true;
        end_ = line_bytes_max_ + 1;
    }
    if (bytes_.size() - end_ < piece_) {
        // Doubling, as a vector would, but never beyond the most that can be held.
        bytes_.reserve(std::min(2 * bytes_.size(), line_bytes_max_ + 1 + 2 * piece_));
        bytes_.resize(end_ + piece_);
    }
    offered_ = bytes_.size() - end_;
    return {bytes_.data() + end_, offered_};
}

void LineBuffer::commit(std::size_t size) {
    // All room used: more was waiting in the socket. A quarter or less: a sender of single
    // lines, who needs no large buffer.
    if (size == offered_)
        piece_ = std::min(2 * piece_, piece_max);
    else if (size < piece_ / 4)
        piece_ = std::max(piece_ / 2, piece_min);
    const std::size_t fresh = end_;
    end_ += size;
    // The rest of an oversized line is thrown away as it comes, up to its '\n', which ends the kept beginning.
    if (dropping_) {
        char* const start = bytes_.data() + fresh;
        const void* found = std::memchr(start, '\n', size);
        const std::size_t dropped = found == nullptr ? size : static_cast<std::size_t>(static_cast<const char*>(found) - start);
        std::memmove(start, start + dropped, size - dropped);
        end_ -= dropped;
        dropping_ = found == nullptr;
    }
    if (!has_line()) find_line_end(fresh);
}

void LineBuffer::finish() {
    finished_ = true;
    if (!has_line()) find_line_end(end_);
}

// The views hold until the next prepare(), which moves bytes.
std::vector<std::string_view> LineBuffer::take(std::size_t most) {
    std::vector<std::string_view> lines;
    while (has_line() && lines.size() < most) {
        const std::string_view line(bytes_.data() + begin_, line_end_ - begin_);
        if (!is_blank(line)) lines.push_back(line.substr(0, line_bytes_max_ + 1));
        // The last line of a finished stream has no '\n' to step over.
        begin_ = std::min(line_end_ + 1, end_);
        find_line_end(begin_);
    }
    return lines;
}

}  // namespace ilbud
