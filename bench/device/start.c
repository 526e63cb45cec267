/* SPDX-License-Identifier: Apache-2.0
 *
 * The bare start of a Cortex-M under QEMU's mps2 boards: vector table, reset, a SysTick that counts, and semihosting to
 * print and to leave. No C library but for memcpy and its like. Under -icount shift=6 an instruction takes 64 ns of the
 * guest's time, and SysTick counts at 25 MHz, 40 ns: instructions = ticks * 40 / 64.
 */
#include "bench/device/start.h"

#define SYST_CSR (*(volatile uint32_t *)0xE000E010u)
#define SYST_RVR (*(volatile uint32_t *)0xE000E014u)
#define SYST_CVR (*(volatile uint32_t *)0xE000E018u)
#define SYST_MAX 0x00FFFFFFu

#define SYS_WRITE0 0x04u
#define SYS_EXIT 0x18u
#define STOPPED_APPLICATION_EXIT 0x20026u
#define STOPPED_RUN_TIME_ERROR 0x20023u

extern uint32_t stack_top;
extern uint32_t data_from, data_begin, data_end, bss_begin, bss_end;
int main(void);
void reset(void);
void fault(void);

static void semihost(uint32_t operation, const void *parameter)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = parameter;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

static void leave(uint32_t why)
{
    semihost(SYS_EXIT, (const void *)why);
    for (;;) {
    }
}

void reset(void)
{
    const uint32_t *from = &data_from;
    for (uint32_t *to = &data_begin; to < &data_end; to++) {
        *to = *from++;
    }
    for (uint32_t *to = &bss_begin; to < &bss_end; to++) {
        *to = 0;
    }
    leave(main() == 0 ? STOPPED_APPLICATION_EXIT : STOPPED_RUN_TIME_ERROR);
}

void fault(void)
{
    device_print("fault\n");
    leave(STOPPED_RUN_TIME_ERROR);
}

/* Initial stack, reset, and fault for everything else: nothing here enables an interrupt. */
__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
    &stack_top,
    (const void *)reset,
    (const void *)fault,
    (const void *)fault,
};

void device_print(const char *text)
{
    semihost(SYS_WRITE0, text);
}

void device_print_row(const char *what, uint32_t value)
{
    char digits[11];
    unsigned at = sizeof digits - 1;
    digits[at] = '\0';
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    device_print(what);
    device_print("\t");
    device_print(digits + at);
    device_print("\n");
}

static uint32_t ticks_of(device_work_t *work)
{
    SYST_RVR = SYST_MAX;
    SYST_CVR = 0;
    SYST_CSR = 5; /* processor clock, no interrupt, on */
    uint32_t before = SYST_CVR;
    work();
    return (before - SYST_CVR) & SYST_MAX;
}

static void nothing(void)
{
}

uint32_t device_instructions(device_work_t *work)
{
    return (ticks_of(work) - ticks_of(nothing)) * 40u / 64u;
}
