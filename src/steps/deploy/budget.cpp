#include "steps/deploy/budget.h"

namespace lesto::deploy {

Result<void> DeleteBudget::take(const std::string& profile, std::size_t count, Time now) {
  while (!entries_.empty() && entries_.front().time + limits_.window <= now) {
    const Entry& old = entries_.front();
    of_fleet_ -= old.count;
    auto of = of_profile_.find(old.profile);
    of->second -= old.count;
    if (of->second == 0) of_profile_.erase(of);
    entries_.pop_front();
  }
  std::size_t taken = of_profile_.contains(profile) ? of_profile_[profile] : 0;
  // A single request that is larger than the limit could never pass: it passes alone, as what a user asked for.
  bool too_many = taken > 0 && taken + count > limits_.per_profile;
  bool too_many_of_fleet = of_fleet_ > 0 && of_fleet_ + count > limits_.of_fleet;
  if (too_many || too_many_of_fleet) {
    std::string whose = too_many ? "the profile" : "the fleet";
    std::size_t most = too_many ? limits_.per_profile : limits_.of_fleet;
    return fail(Error(Code::Unavailable,
                      std::to_string(count) + " deletes are held: the delete budget of " + whose + " is " +
                          std::to_string(most) + " in " + duration_text(limits_.window))
                    .wait(std::chrono::seconds(5)));
  }
  entries_.push_back({now, profile, count});
  of_profile_[profile] += count;
  of_fleet_ += count;
  return {};
}

}  // namespace lesto::deploy
