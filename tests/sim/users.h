// The users of a simulated fleet: what they want (`truth`), and what they do next, as chance wills.
#pragma once

#include <functional>

#include "tests/sim/dice.h"
#include "tests/sim/fleet.h"
#include "tests/sim/truth.h"

namespace lesto::sim {

class Users {
 public:
  // `changed` is called after each change of the truth, before it is written.
  Users(Dice& dice, Fleet& fleet, std::function<void()> changed)
      : dice_(dice), fleet_(fleet), changed_(std::move(changed)) {}

  const Truth& truth() const { return truth_; }
  // Why a request of a user was refused: a defect of the simulation, or of the API server.
  const std::string& trouble() const { return trouble_; }

  // Whether somebody has removed what is Lesto's since everything settled.
  bool meddled() const { return meddled_; }
  void settled() { meddled_ = false; }

  // Chooses a fleet and what its users want, starts its clusters, and writes all of it.
  void begin();
  // One thing that some user does.
  void act();
  // Corrects what is broken; some of it stays now and then unless `all`.
  void correct(bool all);

 private:
  void make_clusters();
  void make_templates();
  void make_sources();
  TemplateTruth make_template(std::size_t number);
  SourceTruth make_source(const std::string& name);
  TriggerTruth make_trigger(const std::string& name);
  ProfileTruth make_profile(std::size_t number);
  AddOns make_add_ons(const std::vector<TemplateShape>& shapes, const std::string& ns, std::size_t most);
  Selection make_selection();
  Thing make_thing();
  bool suits(const SourceTruth& source, const TemplateTruth& content) const;
  void choose_content(TriggerTruth& trigger);

  void act_on_thing();
  void act_on_cluster();
  void act_on_template();
  void act_on_source();
  void act_on_trigger();
  void act_on_profile();
  void meddle();
  void edit_by_hand();

  void write(const std::string& server, const json::Value& object);
  void erase(const std::string& server, const json::Value& object);
  void write_thing(const Thing& thing);
  void erase_thing(std::size_t index);
  void register_cluster(const ClusterTruth& cluster);
  void say(const std::string& what) { fleet_.journal().say("user: " + what); }

  Dice& dice_;
  Fleet& fleet_;
  std::function<void()> changed_;
  Truth truth_;
  std::string trouble_;
  std::size_t next_ = 0;  // for names
  bool meddled_ = false;
};

}  // namespace lesto::sim
