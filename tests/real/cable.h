// A wire that a test can cut: a port of its own on loopback whose connections are carried to another port. Cut, it
// carries nothing and tells nobody, as a network does that lost its way; healed, what stood still goes on.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <thread>

namespace lesto::real {

// Works in a thread of its own. The other members may be called from any thread.
class Cable {
 public:
  explicit Cable(std::uint16_t to_port);
  ~Cable();
  Cable(const Cable&) = delete;
  Cable& operator=(const Cable&) = delete;

  std::uint16_t port() const { return port_; }
  void cut() { set_cut(true); }
  void heal() { set_cut(false); }
  // Connections that are open now, and those that ever were.
  int open() const { return open_; }
  int opened() const { return opened_; }

 private:
  struct Pair;
  void set_cut(bool cut);
  void run();
  void wait();
  void accept_one();
  void carry(Pair& pair);

  std::uint16_t to_port_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  int wake_[2] = {-1, -1};
  std::atomic<bool> cut_ = false;
  std::atomic<bool> stop_ = false;
  std::atomic<int> open_ = 0;
  std::atomic<int> opened_ = 0;
  std::list<Pair> pairs_;
  std::thread thread_;
};

}  // namespace lesto::real
