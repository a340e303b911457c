#include "ckteam.h"
#include "ckernels.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct member {
  ck_team *team;
  pthread_t thread;
  int index;
  atomic_int taken;  // the last run whose part of this index somebody took
};

struct ck_team {
  int count;
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  atomic_int run;       // which run has begun
  atomic_int finished;  // parts of the others that are through with it
  atomic_int arrived, phase;
  int stopping;
  void (*work)(void *, int);
  void *context;
  struct member members[];
};

static void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// Until *value is no longer `old`: spins for some tenths of a millisecond, which is longer than what one thread does alone in a
// step of training, then sleeps.
static void wait_change(ck_team *team, atomic_int *value, int old) {
  for (int i = 0; i < 8000; i++) {
    if (atomic_load_explicit(value, memory_order_acquire) != old) return;
    relax();
  }
  pthread_mutex_lock(&team->mutex);
  while (atomic_load_explicit(value, memory_order_acquire) == old) pthread_cond_wait(&team->changed, &team->mutex);
  pthread_mutex_unlock(&team->mutex);
}

static void change(ck_team *team, atomic_int *value, int to) {
  pthread_mutex_lock(&team->mutex);
  atomic_store_explicit(value, to, memory_order_release);
  pthread_cond_broadcast(&team->changed);
  pthread_mutex_unlock(&team->mutex);
}

static void wake(ck_team *team) {
  pthread_mutex_lock(&team->mutex);
  pthread_cond_broadcast(&team->changed);
  pthread_mutex_unlock(&team->mutex);
}

// Takes one part of a run, once: all parts of the run before have been taken, or this one would not have begun. What
// `work` and `context` are is read only by who has taken a part, as the run cannot end without it.
static int take(ck_team *team, int index, int run) {
  int before = run - 1;
  return atomic_compare_exchange_strong(&team->members[index].taken, &before, run);
}

static void *member_main(void *argument) {
  struct member *self = argument;
  ck_team *team = self->team;
  ck_flush_denormals();  // as the caller has it during a run
  for (int run = 0;;) {
    wait_change(team, &team->run, run);
    if (team->stopping) return NULL;
    run = atomic_load_explicit(&team->run, memory_order_acquire);
    if (!take(team, self->index, run)) continue;
    team->work(team->context, self->index);
    // Nothing is stored after this: whoever waits may begin the next run, which starts counting anew.
    if (atomic_fetch_add(&team->finished, 1) + 1 == team->count - 1) wake(team);
  }
}

ck_team *ck_team_create(int count) {
  ck_team *team = calloc(1, sizeof *team + (size_t)count * sizeof team->members[0]);
  if (!team) return NULL;
  team->count = 1;
  pthread_mutex_init(&team->mutex, NULL);
  pthread_cond_init(&team->changed, NULL);
  for (int i = 1; i < count; i++) {
    team->members[i] = (struct member){.team = team, .index = i};
    if (pthread_create(&team->members[i].thread, NULL, member_main, &team->members[i])) {
      ck_team_destroy(team);
      return NULL;
    }
    team->count = i + 1;
  }
  return team;
}

void ck_team_destroy(ck_team *team) {
  team->stopping = 1;
  change(team, &team->run, atomic_load(&team->run) + 1);
  for (int i = 1; i < team->count; i++) pthread_join(team->members[i].thread, NULL);
  pthread_cond_destroy(&team->changed);
  pthread_mutex_destroy(&team->mutex);
  free(team);
}

static void begin(ck_team *team, void (*work)(void *, int), void *context) {
  team->work = work;
  team->context = context;
  atomic_store(&team->finished, 0);
  change(team, &team->run, atomic_load(&team->run) + 1);
}

static void await_others(ck_team *team) {
  int finished;
  while ((finished = atomic_load_explicit(&team->finished, memory_order_acquire)) < team->count - 1)
    wait_change(team, &team->finished, finished);
}

void ck_team_run(ck_team *team, void (*work)(void *, int), void *context) {
  if (team->count == 1) {
    work(context, 0);
    return;
  }
  begin(team, work, context);
  work(context, 0);
  await_others(team);
}

void ck_team_share(ck_team *team, void (*work)(void *, int), void *context) {
  begin(team, work, context);
  int run = atomic_load(&team->run);
  work(context, 0);
  for (int i = 1; i < team->count; i++)
    if (take(team, i, run)) {
      work(context, i);
      atomic_fetch_add(&team->finished, 1);
    }
  await_others(team);
}

void ck_team_wait(ck_team *team) {
  if (team->count == 1) return;
  int phase = atomic_load(&team->phase);
  if (atomic_fetch_add(&team->arrived, 1) + 1 == team->count) {
    atomic_store(&team->arrived, 0);
    change(team, &team->phase, phase + 1);
  } else {
    wait_change(team, &team->phase, phase);
  }
}
