/// What the stages work on: settings, templates and keys as the bench's daemon has them, and mails in every state of their trip.
#pragma once
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "certificate.hpp"
#include "child.hpp"
#include "generate.hpp"
#include "ilbud/base/task.hpp"
#include "ilbud/letter/letter.hpp"
#include "ilbud/policy/decide.hpp"
#include "stages.hpp"

namespace ilbud::bench {

/// One mail at every station.
/// Each member is what the one before it became.
struct Specimen {
    std::string line;
    std::shared_ptr<const Event> event;
    Decision decision;
    PlannedMail mail;
    Content content;
    Message message;     ///< composed
    std::string letter;  ///< signed, as it is sent
};

/// Makes keys by running the program, so it takes a moment; nothing in it
/// changes afterwards, so all stages share it.
struct StagesWorld {
    explicit StagesWorld(const StagesOptions& options, bool ed25519_beside = false);
    /// `count` mails of the usual mix, or of one kind.
    [[nodiscard]] std::vector<Specimen> specimens(const Mix& mix, std::size_t count) const;

    WorkFolder folder;
    CertificateFiles certificate;  ///< for a sink with TLS
    DaemonChild daemon;            ///< never started: for its settings
    SnapshotPointer snapshot;
    SigningBook book;
    SigningKey ed25519;
    Time now;
};

/// Runs `task` to its end on `context`, which nobody runs meanwhile; throws what it threw.
template <class T>
T run_to_end(asio::io_context& context, Task<T> task) {
    std::exception_ptr failure;
    std::optional<T> result;
    asio::co_spawn(context, std::move(task), [&](std::exception_ptr error, T value) {
        failure = error;
        if (!error) result.emplace(std::move(value));
    });
    context.restart();
    while (!result && !failure && context.run_one() > 0) {
    }
    if (failure) std::rethrow_exception(failure);
    return std::move(*result);
}
void run_to_end(asio::io_context& context, Task<void> task);

}  // namespace ilbud::bench
