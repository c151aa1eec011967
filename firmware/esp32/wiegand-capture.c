/*
 * The edges of a Wiegand line pair, each with its time.
 *
 * The capture unit of an MCPWM group takes the time of an edge in hardware (80 MHz) and raises an interrupt of its own.
 * That is why it is used here: with CONFIG_MCPWM_ISR_CACHE_SAFE its interrupts run while flash is erased or written,
 * when those of GPIO do not (the SDK's Digital installs them without ESP_INTR_FLAG_IRAM, and its handler could not stand
 * it), and RMT cannot say in which order pulses of two lines came. A group captures three lines and an ESP32 has two
 * groups: one reader each.
 *
 * The handler only puts an edge into a ring; JavaScript takes them from there by a timer, because the end of a frame is
 * nothing but time that passes. Handler and ring lie in internal RAM.
 */
#include "xsmc.h"
#include "sdkconfig.h"
#include "driver/gpio.h"
#include "driver/mcpwm_cap.h"
#include "esp_attr.h"

#if !CONFIG_MCPWM_ISR_CACHE_SAFE
	#error "Wiegand needs CONFIG_MCPWM_ISR_CACHE_SAFE=y (firmware/esp32/sdkconfig): digits would be lost during flash writes"
#endif

#define READERS 2
#define LINES 2
/* Power of two: 12 frames of 37 bits, or 50 keys of 8, while JavaScript is busy. */
#define RING_EDGES 512

typedef struct {
	/* Each is written by one side alone, so that nothing needs more than a load and a store. */
	uint32_t head;		/* by the handler */
	uint32_t lost;		/* by the handler */
	uint32_t tail;		/* by JavaScript */
	uint32_t lostSeen;	/* by JavaScript */
	uint32_t edges[RING_EDGES];
	mcpwm_cap_timer_handle_t timer;
	mcpwm_cap_channel_handle_t lines[LINES];
} Reader;

typedef struct {
	Reader *reader;
	uint32_t line;
} Line;

static DRAM_ATTR Reader readers[READERS];
static DRAM_ATTR Line lines[READERS][LINES];

/* Both lines of a group interrupt the same core, one after the other, so there is one writer. */
static bool IRAM_ATTR onEdge(mcpwm_cap_channel_handle_t channel, const mcpwm_capture_event_data_t *event, void *context)
{
	Line *line = context;
	Reader *reader = line->reader;
	uint32_t head = reader->head;

	if (head - __atomic_load_n(&reader->tail, __ATOMIC_ACQUIRE) >= RING_EDGES) {
		__atomic_store_n(&reader->lost, reader->lost + 1, __ATOMIC_RELEASE);
		return false;
	}
	/* 12.5 ns more or less do not matter: the lowest bit of the time gives way to the line. */
	reader->edges[head & (RING_EDGES - 1)] = (event->cap_value & ~(uint32_t)1) | line->line;
	__atomic_store_n(&reader->head, head + 1, __ATOMIC_RELEASE);
	return false;
}

static void release(Reader *reader)
{
	for (int i = 0; i < LINES; i++) {
		if (!reader->lines[i])
			continue;
		mcpwm_capture_channel_disable(reader->lines[i]);
		mcpwm_del_capture_channel(reader->lines[i]);
		reader->lines[i] = NULL;
	}
	if (reader->timer) {
		mcpwm_capture_timer_stop(reader->timer);
		mcpwm_capture_timer_disable(reader->timer);
		mcpwm_del_capture_timer(reader->timer);
		reader->timer = NULL;
	}
}

static esp_err_t openLine(Reader *reader, int group, int index, int pin)
{
	/* Open-collector lines: a pulse is a falling edge. The driver sets no pull-up (ESP-IDF 6). */
	mcpwm_capture_channel_config_t channel = { .gpio_num = pin, .prescale = 1, .flags.neg_edge = true };
	mcpwm_capture_event_callbacks_t callbacks = { .on_cap = onEdge };
	Line *line = &lines[group][index];
	esp_err_t error = mcpwm_new_capture_channel(reader->timer, &channel, &reader->lines[index]);

	line->reader = reader;
	line->line = index;
	if (!error) error = gpio_set_pull_mode(pin, GPIO_PULLUP_ONLY);
	if (!error) error = mcpwm_capture_channel_register_event_callbacks(reader->lines[index], &callbacks, line);
	if (!error) error = mcpwm_capture_channel_enable(reader->lines[index]);
	return error;
}

/* (data0, data1): the reader's number. Throws where no group is free or a pin cannot be had. */
void xs_latchkey_wiegand_open(xsMachine *the)
{
	mcpwm_capture_timer_config_t timer = { .clk_src = MCPWM_CAPTURE_CLK_SRC_DEFAULT };
	int pins[LINES] = { xsmcToInteger(xsArg(0)), xsmcToInteger(xsArg(1)) };
	int group = 0;
	Reader *reader;
	esp_err_t error;

	while (group < READERS && readers[group].timer)
		group++;
	if (group == READERS)
		xsUnknownError("wiegand: no more than two readers");
	reader = &readers[group];
	reader->head = reader->tail = reader->lost = reader->lostSeen = 0;
	timer.group_id = group;
	error = mcpwm_new_capture_timer(&timer, &reader->timer);
	if (!error) error = mcpwm_capture_timer_enable(reader->timer);
	if (!error) error = mcpwm_capture_timer_start(reader->timer);
	for (int i = 0; i < LINES && !error; i++)
		error = openLine(reader, group, i, pins[i]);
	if (error) {
		release(reader);
		xsUnknownError("wiegand: error %d", (int)error);
	}
	xsmcSetInteger(xsResult, group);
}

/*
 * (reader, ArrayBuffer): fills it with edges, oldest first: 32 bits each, ticks of 12.5 ns with the line in bit 0.
 * Returns how many; minus one and minus their number where edges were lost after these.
 */
void xs_latchkey_wiegand_take(xsMachine *the)
{
	Reader *reader = &readers[xsmcToInteger(xsArg(0))];
	uint32_t *words, tail = reader->tail, lost = reader->lostSeen;
	xsUnsignedValue bytes;
	int count = 0, room;

	xsmcGetBufferWritable(xsArg(1), (void **)&words, &bytes);
	room = bytes / sizeof(uint32_t);
	while (count < room && tail != __atomic_load_n(&reader->head, __ATOMIC_ACQUIRE)) {
		words[count++] = reader->edges[tail & (RING_EDGES - 1)];
		tail++;
	}
	/* Said with the last edges before the gap, not earlier. */
	if (count < room)
		lost = __atomic_load_n(&reader->lost, __ATOMIC_ACQUIRE);
	__atomic_store_n(&reader->tail, tail, __ATOMIC_RELEASE);
	xsmcSetInteger(xsResult, lost != reader->lostSeen ? -1 - count : count);
	reader->lostSeen = lost;
}

/* (reader) */
void xs_latchkey_wiegand_close(xsMachine *the)
{
	release(&readers[xsmcToInteger(xsArg(0))]);
}
