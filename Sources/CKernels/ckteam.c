#include "ckteam.h"
#include "ckernels.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct member {
  ck_team *team;
  pthread_t thread;
  int index;
  atomic_int taken;  // the last run whose part of this index was taken
};

struct ck_team {
  int count;
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  atomic_int run;       // the number of the current run
  atomic_int finished;  // finished parts of the other threads
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

// Waits until *value differs from `old`: spins for some tenths of a millisecond, which is longer than the
// serial part of a training step, then sleeps.
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

// Executes one part of a run, if no other thread has taken it. All parts of the previous run have been taken
// before a run begins. Only a thread that has taken a part reads `work` and `context`, so the run cannot end
// during the read.
static int take(ck_team *team, int index, int run) {
  int before = run - 1;
  return atomic_compare_exchange_strong(&team->members[index].taken, &before, run);
}

static void *member_main(void *argument) {
  struct member *self = argument;
  ck_team *team = self->team;
  ck_flush_denormals();  // as in the caller during a run
  for (int run = 0;;) {
    wait_change(team, &team->run, run);
    if (team->stopping) return NULL;
    run = atomic_load_explicit(&team->run, memory_order_acquire);
    if (!take(team, self->index, run)) continue;
    team->work(team->context, self->index);
    // Nothing is stored after this, because a waiting thread may begin the next run, which resets the
    // counters.
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
