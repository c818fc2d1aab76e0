// run_aside waits for its thread to the end, which a read from a mount that hangs never reaches. Here the thread shares what it
// works on, and whoever waited goes on without it. While several have not come back no further one is begun: each mail that is
// tried again would leave another.
#include "file_reading.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <mutex>
#include <optional>
#include <thread>

namespace ilbud {
namespace {

constexpr int left_behind_max = 4;
constexpr Duration look_step = 100ms;  // so often a read that takes long is looked at, also whether the lane is to stop

struct Work {
    std::mutex mutex;
    std::vector<Result<std::string>> results;
    bool done = false;
    bool left_behind = false;
};

Error unreadable(const AttachmentFile& file, std::string detail) {
    return {"attachment_unreadable", file.path, std::move(detail)};
}

// A disk that fails is the trouble of this one mail, as it is in write_letters().
Result<std::string> try_read(const FileReading::Read& read, const AttachmentFile& file) {
    try {
        return read(file);
    } catch (const std::exception& failure) {
        return unreadable(file, failure.what());
    }
}

}  // namespace

Task<std::vector<Result<std::string>>> FileReading::read(std::vector<AttachmentFile> files, Duration deadline,
                                                         const bool& stopping) {
    const auto all = [&](const std::string& detail) {
        std::vector<Result<std::string>> results;
        for (const auto& file : files) results.emplace_back(unreadable(file, detail));
        return results;
    };
    if (*left_behind_ >= left_behind_max) co_return all("earlier reads of the attachments folder have not come back");
    const auto executor = co_await asio::this_coro::executor;
    const auto work = std::make_shared<Work>();
    const auto done = std::make_shared<Wake>(executor);
    // Executor and timer are used under the lock only, and not once this has left: the loop may be gone then.
    std::thread([work, executor, files, waiting = std::weak_ptr(done), read = read_, left_behind = left_behind_] {
        std::vector<Result<std::string>> results;
        for (const auto& file : files) results.push_back(try_read(read, file));
        const std::scoped_lock lock(work->mutex);
        if (work->left_behind) {
            --*left_behind;
            return;
        }
        work->results = std::move(results);
        work->done = true;
        asio::post(executor, [done = waiting.lock()] { done->wake(); });
    }).detach();
    const auto end = std::chrono::steady_clock::now() + deadline;
    while (true) {
        {
            const std::scoped_lock lock(work->mutex);
            if (work->done) co_return std::move(work->results);
            const bool late = std::chrono::steady_clock::now() >= end;
            if (late || stopping) {
                work->left_behind = true;
                ++*left_behind_;
                break;
            }
        }
        co_await done->wait_until(std::min(end, std::chrono::steady_clock::now() + look_step));
    }
    co_return all("the attachments folder does not answer (intake.attachment_deadline)");
}

}  // namespace ilbud
