// A pool of threads. Parts are taken by whoever is free first, the caller among them, so that a thread which the system doesn't run just then
// keeps nobody waiting. A second caller at the same time does all its parts alone.
#include "parallel.h"
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>

namespace espalier {

namespace {

using Work = std::function<void(int, int64_t, int64_t)>;

/** More parts than threads, so that the slower one is waited for less. */
constexpr int PARTS_PER_THREAD = 4;
/** How often a thread looks for work before it goes to sleep: some tens of microseconds, as kernels follow closely on each other. */
constexpr int LOOKS = 1000;

int threadCount() {
  const char* wanted = std::getenv("TF_NUM_INTRAOP_THREADS");
  const int given = wanted == nullptr ? 0 : std::atoi(wanted);
  return given > 0 ? given : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

inline void rest() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

class Pool {
 public:
  explicit Pool(int threads) : parts_(threads == 1 ? 1 : threads * PARTS_PER_THREAD), ticket_(static_cast<uint64_t>(parts_)) {
    for (int other = 1; other < threads; other++) std::thread([this] { serve(); }).detach();
  }

  int parts() const { return parts_; }

  void run(int64_t count, const Work& work) {
    std::unique_lock<std::mutex> only(busy_, std::try_to_lock);
    if (!only.owns_lock() || parts_ == 1) {
      for (int part = 0; part < parts_; part++) one(part, count, work);
      return;
    }
    count_ = count;
    work_ = &work;
    done_.store(0, std::memory_order_relaxed);
    {
      std::lock_guard<std::mutex> hold(change_);
      ticket_.store(((ticket_.load(std::memory_order_relaxed) >> 32) + 1) << 32, std::memory_order_release);
    }
    begun_.notify_all();
    takeParts();
    for (int look = 0; look < LOOKS && !finished(); look++) rest();
    if (finished()) return;
    std::unique_lock<std::mutex> hold(change_);
    ended_.wait(hold, [this] { return finished(); });
  }

 private:
  bool finished() const { return done_.load(std::memory_order_acquire) == parts_; }
  /** The ticket's upper half is the number of the round, its lower half the next part that nobody has taken. */
  bool partsLeft() const { return (ticket_.load(std::memory_order_acquire) & 0xffffffff) < static_cast<uint64_t>(parts_); }

  void one(int part, int64_t count, const Work& work) const {
    const int64_t from = count * part / parts_, to = count * (part + 1) / parts_;
    if (from < to) work(part, from, to);
  }

  void takeParts() {
    for (uint64_t ticket = ticket_.load(std::memory_order_acquire); (ticket & 0xffffffff) < static_cast<uint64_t>(parts_);) {
      if (!ticket_.compare_exchange_weak(ticket, ticket + 1, std::memory_order_acq_rel)) continue;
      one(static_cast<int>(ticket & 0xffffffff), count_, *work_);
      if (done_.fetch_add(1, std::memory_order_acq_rel) + 1 == parts_) {
        std::lock_guard<std::mutex> hold(change_);
        ended_.notify_one();
      }
      ticket = ticket_.load(std::memory_order_acquire);
    }
  }

  void serve() {
    for (;;) {
      for (int look = 0; look < LOOKS && !partsLeft(); look++) rest();
      if (!partsLeft()) {
        std::unique_lock<std::mutex> hold(change_);
        begun_.wait(hold, [this] { return partsLeft(); });
      }
      takeParts();
    }
  }

  const int parts_;
  std::mutex busy_, change_;
  std::condition_variable begun_, ended_;
  std::atomic<uint64_t> ticket_;
  std::atomic<int> done_{0};
  int64_t count_ = 0;
  const Work* work_ = nullptr;
};

/** Never destroyed: its threads wait for work until the process ends. */
Pool& pool() {
  static Pool& only = *new Pool(threadCount());
  return only;
}

}  // namespace

int partCount() { return pool().parts(); }

void inParts(int64_t count, const Work& work) { pool().run(count, work); }

}  // namespace espalier
