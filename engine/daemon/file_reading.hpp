/// Reads files beside a lane's loop, with a deadline: a mount that hangs holds up the mails that need it, and no others.
///
/// In    what to read, and how
/// Out   the bytes, or why not: attachment_unreadable after the deadline
/// Threads  one, the awaiter's; each read has a thread of its own, which is left behind if it does not come back
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "ilbud/base/task.hpp"
#include "ilbud/letter/letter.hpp"

namespace ilbud {

class FileReading {
 public:
    /// Blocks as long as it likes; called on a thread that may outlive everything but what it holds itself.
    using Read = std::function<Result<std::string>(const AttachmentFile&)>;

    explicit FileReading(Read read) : read_(std::move(read)) {}

    /// The files one after the other, all within `deadline`; once `stopping` is true it waits no longer.
    Task<std::vector<Result<std::string>>> read(std::vector<AttachmentFile> files, Duration deadline, const bool& stopping);

 private:
    Read read_;
    std::shared_ptr<std::atomic<int>> left_behind_ = std::make_shared<std::atomic<int>>(0);
};

}  // namespace ilbud
