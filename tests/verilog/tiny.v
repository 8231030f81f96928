// SPDX-License-Identifier: GPL-2.0-or-later
//
// A behavioural model of a small serial flash: 128 KiB, sectors of 32 KiB, pages of 256 bytes, two
// block protection bits. Made for the test of against-verilog: it is written from the command tables
// of such chips, without a look at the engine. `define WRONG_PAGE makes a page program run on into
// the next page.
//
// Leaves out HOLD#, times of edges, power-up.
`timescale 1ns/1ns

module tiny (input S_n, input C, input D, output Q, input W_n, input HOLD_n);

localparam T_PP = 500_000;
localparam T_W = 1_000_000;
localparam T_SE = 5_000_000;
localparam T_BE = 10_000_000;
localparam T_RES = 30_000;
localparam T_DP = 3_000;

reg [7:0] memory [0:131071];
reg [7:0] page [0:255];
reg [7:0] written;      // bytes of the page so far, modulo 256
reg [16:0] start;

reg srwd, bp1, bp0, wel, wip;
reg asleep, deaf;
reg q, drive;
assign Q = drive ? q : 1'bz;

integer bits;           // clocks of the frame so far
reg [7:0] opcode;
reg [23:0] address;
reg [7:0] shifter;      // of MOSI
reg [7:0] answer;       // to MISO
reg [7:0] value;        // of a status write
reg refused;
integer i;

wire [7:0] status = {srwd, 3'b000, bp1, bp0, wel, wip};

initial begin
	for (i = 0; i < 131072; i = i + 1)
		memory[i] = 8'hff;
	{srwd, bp1, bp0, wel, wip, asleep, deaf, drive} = 8'b0;
	q = 1'b1;
end

function is_protected(input [16:0] at);
	case ({bp1, bp0})
	2'b00: is_protected = 1'b0;
	2'b01: is_protected = at >= 17'h18000;
	2'b10: is_protected = at >= 17'h10000;
	default: is_protected = 1'b1;
	endcase
endfunction

// The byte of the answer that begins at this clock; bits is a multiple of 8.
task next_answer;
	begin
		drive = 1'b1;
		case (opcode)
		8'h05: answer = status;
		8'h9f:
			answer = (bits - 8) / 8 % 3 == 2 ? 8'h11 : 8'h20;
		8'hab:
			if (bits >= 32)
				answer = 8'h10;
			else
				drive = 1'b0;
		8'h03, 8'h0b:
			if (bits >= (opcode == 8'h03 ? 32 : 40)) begin
				answer = memory[address[16:0]];
				address = address + 1;
			end else
				drive = 1'b0;
		default: drive = 1'b0;
		endcase
		if (refused)
			drive = 1'b0;
	end
endtask

always @(negedge S_n) begin
	bits = 0;
	refused = deaf;
	opcode = 8'h00;
	written = 8'h00;
end

always @(posedge C) if (!S_n) begin
	shifter = {shifter[6:0], D};
	bits = bits + 1;
	if (bits == 8) begin
		opcode = shifter;
		refused = refused | (wip && opcode != 8'h05) | (asleep && opcode != 8'hab);
	end
	if (bits > 8 && bits <= 32)
		address = {address[22:0], D};
	if (bits > 32 && bits % 8 == 0 && opcode == 8'h02 && !refused) begin
		if (bits == 40) begin
			start = address[16:0];
			for (i = 0; i < 256; i = i + 1)
				page[i] = 8'hff;
		end
		page[(start[7:0] + written) & 8'hff] = shifter;
		written = written + 1;
	end
end

always @(negedge C) if (!S_n) begin
	if (bits >= 8 && bits % 8 == 0)
		next_answer;
	if (drive) begin
		q = answer[7];
		answer = {answer[6:0], 1'b0};
	end
end

task busy(input integer ns);
	begin
		wip = 1'b1;
		#ns;
		wip = 1'b0;
		wel = 1'b0;
	end
endtask

task program_page;
	reg [16:0] at;
	begin
		busy(T_PP);
		for (i = 0; i < 256; i = i + 1) begin
			at = {start[16:8], i[7:0]};
`ifdef WRONG_PAGE
			if (i < start[7:0])
				at = at + 256;
`endif
			memory[at] = memory[at] & page[i];
		end
	end
endtask

task erase(input [16:0] from, input integer n, input integer ns);
	begin
		busy(ns);
		for (i = 0; i < n; i = i + 1)
			memory[from + i] = 8'hff;
	end
endtask

// WEL falls if protection refuses the command.
task begin_write(input blocked);
	if (blocked) begin
		refused = 1'b1;
		wel = 1'b0;
	end
endtask

// Apart from the block below, which waits for the end of an operation.
always @(posedge S_n) drive = 1'b0;

always @(posedge S_n) begin
	if (opcode == 8'hab && !refused && asleep) begin
		asleep = 1'b0;
		deaf = 1'b1;
		#T_RES deaf = 1'b0;
	end else if (bits >= 8 && bits % 8 == 0 && !refused)
		case (opcode)
		8'h06: if (bits == 8) wel = 1'b1;
		8'h04: if (bits == 8) wel = 1'b0;
		8'hb9: if (bits == 8) begin
			asleep = 1'b1;
			deaf = 1'b1;
			#T_DP deaf = 1'b0;
		end
		8'h01: if (bits == 16 && wel && !(srwd && !W_n)) begin
			value = address[7:0];
			busy(T_W);
			{srwd, bp1, bp0} = {value[7], value[3:2]};
		end
		8'h02: if (bits >= 40 && wel) begin
			begin_write(is_protected(start));
			if (!refused) program_page;
		end
		8'hd8: if (bits == 32 && wel) begin
			begin_write(is_protected(address[16:0]));
			if (!refused) erase({address[16:15], 15'b0}, 32768, T_SE);
		end
		8'hc7: if (bits == 8 && wel) begin
			begin_write(bp1 | bp0);
			if (!refused) erase(17'b0, 131072, T_BE);
		end
		endcase
end

endmodule
