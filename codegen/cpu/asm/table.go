package asm

// table is every instruction that code may be made of. A row is
//
//	names : operands | operands ... : attributes
//
// Operands stand in the order of Go's assembler (sources first, destination last). "=" means written, "+" read and written. r is a
// general purpose register, k a mask, v a vector of the instruction's width, h q e a vector of half, a quarter, an eighth of it
// (in xmm at least), x y z a vector of that width; /m says that memory may stand there, with its bits where they are not the
// register's. iN is an immediate, l a label, a an address that is not touched, g*v memory indexed by a vector. AX and DX are
// implied registers.
//
// vex: only registers 0-15, no zmm. evex: AVX-512. k: takes a write mask before the destination. b: takes .BCST. eN: bytes of a
// result's element, sN: of a source's. fw, fr: writes, reads the flags. idiom: equal sources are not read. copy:
// between registers of one class, a copy of all of it.
const table = `
# Floating point
V{ADD,SUB,MUL,DIV,MIN,MAX}PS                     : v/m v =v : k b e4
V{ADD,SUB,MUL,DIV,MIN,MAX}PD                     : v/m v =v : k b e8
V{ADD,SUB,MUL,DIV,MIN,MAX,SQRT}SS                : x/m32 x =x : e4
V{ADD,SUB,MUL,DIV,MIN,MAX,SQRT}SD                : x/m64 x =x : e8
VSQRTPS                                          : v/m =v : k b e4
VSQRTPD                                          : v/m =v : k b e8
VF{,N}M{ADD,SUB}{132,213,231}PS                  : v/m v +v : k b e4
VF{,N}M{ADD,SUB}{132,213,231}PD                  : v/m v +v : k b e8
VF{,N}M{ADD,SUB}{132,213,231}SS                  : x/m32 x +x : e4
VF{,N}M{ADD,SUB}{132,213,231}SD                  : x/m64 x +x : e8
VFM{ADDSUB,SUBADD}{132,213,231}PS                : v/m v +v : k b e4
VFM{ADDSUB,SUBADD}{132,213,231}PD                : v/m v +v : k b e8
VADDSUBPS                                        : v/m v =v : vex e4
VADDSUBPD                                        : v/m v =v : vex e8
VHADDPS                                          : v/m v =v : vex e4
VHADDPD                                          : v/m v =v : vex e8
VROUNDPS                                         : i8 v/m =v : vex e4
VROUNDPD                                         : i8 v/m =v : vex e8
VROUNDSS                                         : i8 x/m32 x =x : vex e4
VROUNDSD                                         : i8 x/m64 x =x : vex e8
VRNDSCALEPS                                      : i8 v/m =v : evex k b e4
VRNDSCALEPD                                      : i8 v/m =v : evex k b e8
VRNDSCALESS                                      : i8 x/m32 x =x : evex e4
VRNDSCALESD                                      : i8 x/m64 x =x : evex e8
VCMPPS                                           : i8 v/m v =v : vex e4
VCMPPD                                           : i8 v/m v =v : vex e8
VCMPSS                                           : i8 x/m32 x =x : vex e4
VCMPSD                                           : i8 x/m64 x =x : vex e8
VCMPPS                                           : i8 v/m v =k : evex k b e4
VCMPPD                                           : i8 v/m v =k : evex k b e8
VUCOMISS                                         : x/m32 x : fw e4
VUCOMISD                                         : x/m64 x : fw e8

# Logic
V{AND,ANDN,OR}PS                                 : v/m v =v : k b e4
V{AND,ANDN,OR}PD                                 : v/m v =v : k b e8
VXORPS                                           : v/m v =v : k b e4 idiom
VXORPD                                           : v/m v =v : k b e8 idiom
VP{AND,ANDN,OR}                                  : v/m v =v : vex e8
VPXOR                                            : v/m v =v : vex e8 idiom
VP{AND,ANDN,OR}D                                 : v/m v =v : evex k b e4
VP{AND,ANDN,OR}Q                                 : v/m v =v : evex k b e8
VPXORD                                           : v/m v =v : evex k b e4 idiom
VPXORQ                                           : v/m v =v : evex k b e8 idiom
VPTERNLOGD                                       : i8 v/m v +v : evex k b e4
VPTERNLOGQ                                       : i8 v/m v +v : evex k b e8
VPTEST                                           : v/m v : vex fw e8
VTESTPS                                          : v/m v : vex fw e4
VTESTPD                                          : v/m v : vex fw e8

# Choice
VBLENDPS                                         : i8 v/m v =v : vex e4
VBLENDPD                                         : i8 v/m v =v : vex e8
VPBLENDD                                         : i8 v/m v =v : vex e4
VBLENDVPS                                        : v v/m v =v : vex e4
VBLENDVPD                                        : v v/m v =v : vex e8
VPBLENDVB                                        : v v/m v =v : vex e1
VBLENDMPS VPBLENDMD                              : v/m v k =v : evex b e4
VBLENDMPD VPBLENDMQ                              : v/m v k =v : evex b e8
VPBLENDMB                                        : v/m v k =v : evex e1
VPBLENDMW                                        : v/m v k =v : evex e2

# Integers
VP{ADD,ADDUS,SUBUS,AVG,MINU,MAXU,MINS,MAXS}B     : v/m v =v : k e1
VP{ADD,SUB,MULL,MINU,MAXU,MINS,MAXS}W            : v/m v =v : k e2
VPSUBB                                           : v/m v =v : k e1 idiom
VP{ADD,MULL,MINU,MAXU,MINS,MAXS}D                : v/m v =v : k b e4
VPSUBD                                           : v/m v =v : k b e4 idiom
VPADDQ                                           : v/m v =v : k b e8
VPSUBQ                                           : v/m v =v : k b e8 idiom
VP{MULL,MINU,MAXU,MINS,MAXS}Q                    : v/m v =v : evex k b e8
VPMUL{,U}DQ                                      : v/m v =v : k b e8
VPMADDWD                                         : v/m v =v : k e4
VPABSB                                           : v/m =v : k e1
VPABSW                                           : v/m =v : k e2
VPABSD                                           : v/m =v : k b e4
VPABSQ                                           : v/m =v : evex k b e8
VPCMPEQB                                         : v/m v =v : vex e1 idiom
VPCMPEQW                                         : v/m v =v : vex e2 idiom
VPCMPEQD                                         : v/m v =v : vex e4 idiom
VPCMPEQQ                                         : v/m v =v : vex e8 idiom
VPCMPGTB                                         : v/m v =v : vex e1
VPCMPGTW                                         : v/m v =v : vex e2
VPCMPGTD                                         : v/m v =v : vex e4
VPCMPGTQ                                         : v/m v =v : vex e8
VPCMP{EQ,GT}B                                    : v/m v =k : evex k e1
VPCMP{EQ,GT}W                                    : v/m v =k : evex k e2
VPCMP{EQ,GT}D                                    : v/m v =k : evex k b e4
VPCMP{EQ,GT}Q                                    : v/m v =k : evex k b e8
VPCMP{,U}B                                       : i8 v/m v =k : evex k e1
VPCMP{,U}W                                       : i8 v/m v =k : evex k e2
VPCMP{,U}D                                       : i8 v/m v =k : evex k b e4
VPCMP{,U}Q                                       : i8 v/m v =k : evex k b e8
VPTEST{M,NM}B                                    : v/m v =k : evex k e1
VPTEST{M,NM}W                                    : v/m v =k : evex k e2
VPTEST{M,NM}D                                    : v/m v =k : evex k b e4
VPTEST{M,NM}Q                                    : v/m v =k : evex k b e8
VPS{LL,RL,RA}W                                   : i8 v =v | x/m128 v =v : k e2
VPS{LL,RL,RA}D                                   : i8 v =v | x/m128 v =v : k e4
VPS{LL,RL,RA}D                                   : i8 m =v : evex k b e4
VPS{LL,RL}Q                                      : i8 v =v | x/m128 v =v : k e8
VPS{LL,RL}Q                                      : i8 m =v : evex k b e8
VPSRAQ                                           : i8 v =v | x/m128 v =v : evex k e8
VPSRAQ                                           : i8 m =v : evex k b e8
VPS{LL,RL,RA}VD                                  : v/m v =v : k b e4
VPS{LL,RL}VQ                                     : v/m v =v : k b e8
VPSRAVQ                                          : v/m v =v : evex k b e8
VPS{LL,RL}DQ                                     : i8 v =v : e1

# Conversion
VCVT{DQ2PS,PS2DQ}  VCVTTPS2DQ                    : v/m =v : k b e4
VCVT{PS2PD,DQ2PD}                                : h/m =v : k b e8 s4
VCVT{PD2PS,PD2DQ}X VCVTTPD2DQX                   : x/m128 =x : k e4 s8
VCVT{PD2PS,PD2DQ}Y VCVTTPD2DQY                   : y/m256 =x : k e4 s8
VCVT{PD2PS,PD2DQ}  VCVTTPD2DQ                    : z/m512 =y : evex k b e4 s8
VCVT{QQ2PD,PD2QQ} VCVTTPD2QQ                     : v/m =v : evex k b e8
VCVT{UQQ2PD,PD2UQQ} VCVTTPD2UQQ                  : v/m =v : evex k b e8
VCVTTPS2QQ                                       : h/m =v : evex k b e8 s4
VCVTQQ2PSX                                       : x/m128 =x : evex k e4 s8
VCVTQQ2PSY                                       : y/m256 =x : evex k e4 s8
VCVTQQ2PS                                        : z/m512 =y : evex k b e4 s8
VCVTPH2PS                                        : h/m =v : k e4
VCVTPS2PH                                        : i8 v =h/m : k e2
VCVTSS2SD                                        : x/m32 x =x : e8
VCVTSD2SS                                        : x/m64 x =x : e4
VCVTSI2S{S,D}L                                   : r/m32 x =x : e8
VCVTSI2S{S,D}Q                                   : r/m64 x =x : e8
VCVT{,T}SS2SI{,Q}                                : x/m32 =r : e8
VCVT{,T}SD2SI{,Q}                                : x/m64 =r : e8
VPMOV{S,Z}XBW                                    : h/m =v : k e2
VPMOV{S,Z}XBD                                    : q/m =v : k e4
VPMOV{S,Z}XBQ                                    : e/m =v : k e8
VPMOV{S,Z}XWD                                    : h/m =v : k e4
VPMOV{S,Z}XWQ                                    : q/m =v : k e8
VPMOV{S,Z}XDQ                                    : h/m =v : k e8
VPMOVWB                                          : v =h/m : evex k e1
VPMOVDB                                          : v =q/m : evex k e1
VPMOVQB                                          : v =e/m : evex k e1
VPMOVDW                                          : v =h/m : evex k e2
VPMOVQW                                          : v =q/m : evex k e2
VPMOVQD                                          : v =h/m : evex k e4
VPACK{S,U}SWB                                    : v/m v =v : k e1
VPACK{S,U}SDW                                    : v/m v =v : k b e2 s4
VPMOVM2B                                         : k =v : evex e1
VPMOVM2W                                         : k =v : evex e2
VPMOVM2D                                         : k =v : evex e4
VPMOVM2Q                                         : k =v : evex e8
VPMOVB2M                                         : v =k : evex e1
VPMOVW2M                                         : v =k : evex e2
VPMOVD2M                                         : v =k : evex e4
VPMOVQ2M                                         : v =k : evex e8

# Moves
VMOV{U,A}PS                                      : v/m =v | v =m : k e4 copy
VMOV{U,A}PD                                      : v/m =v | v =m : k e8 copy
VMOVDQ{U,A}                                      : v/m =v | v =m : vex e8 copy
VMOVDQU8                                         : v/m =v | v =m : evex k e1
VMOVDQU16                                        : v/m =v | v =m : evex k e2
VMOVDQ{U,A}32                                    : v/m =v | v =m : evex k e4 copy
VMOVDQ{U,A}64                                    : v/m =v | v =m : evex k e8 copy
VMOVNT{PS,PD,DQ}                                 : v =m : e8
VMOVSS                                           : m32 =x | x =m32 | x x =x : e4
VMOVSD                                           : m64 =x | x =m64 | x x =x : e8
VMOVD                                            : r/m32 =x | x =r/m32 : e4
VMOVQ                                            : r/m64 =x | x =r/m64 | x =x : e8
VMOV{HL,LH}PS                                    : x x =x : e8
VMOVS{H,L}DUP                                    : v/m =v : k e4
VMOVDDUP                                         : y/m256 =y | z/m512 =z | x/m64 =x : k e8
VMASKMOVPS VPMASKMOVD                            : m v =v | v v =m : vex e4
VMASKMOVPD VPMASKMOVQ                            : m v =v | v v =m : vex e8
VMOVMSKPS                                        : v =r : vex e4
VMOVMSKPD                                        : v =r : vex e8
VPMOVMSKB                                        : v =r : vex e1
VPEXTRB                                          : i8 x =r/m8 : e1
VPEXTRW                                          : i8 x =r/m16 : e2
VPEXTRD                                          : i8 x =r/m32 : e4
VPEXTRQ                                          : i8 x =r/m64 : e8
VPINSRB                                          : i8 r/m8 x =x : e1
VPINSRW                                          : i8 r/m16 x =x : e2
VPINSRD                                          : i8 r/m32 x =x : e4
VPINSRQ                                          : i8 r/m64 x =x : e8
VINSERTPS                                        : i8 x/m32 x =x : e4 nofold

# Broadcasts
VBROADCASTSS                                     : x/m32 =v : k e4
VBROADCASTSD                                     : x/m64 =v : k e8 yz
VBROADCAST{F,I}128                               : m128 =y : vex e8
VBROADCAST{F,I}32X4                              : m128 =v : evex k e4 yz
VBROADCAST{F,I}64X2                              : m128 =v : evex k e8 yz
VBROADCAST{F,I}64X4                              : m256 =z : evex k e8
VPBROADCASTB                                     : x/m8 =v : k e1
VPBROADCASTW                                     : x/m16 =v : k e2
VPBROADCASTD                                     : x/m32 =v : k e4
VPBROADCASTQ                                     : x/m64 =v : k e8
VPBROADCASTB                                     : r =v : evex k e1
VPBROADCASTW                                     : r =v : evex k e2
VPBROADCASTD                                     : r =v : evex k e4
VPBROADCASTQ                                     : r =v : evex k e8

# Permutations
VPERM2{F,I}128                                   : i8 y/m y =y : vex e8
VEXTRACT{F,I}128                                 : i8 y =x/m128 : vex e8
VINSERT{F,I}128                                  : i8 x/m128 y =y : vex e8
VUNPCK{L,H}PS                                    : v/m v =v : k b e4
VUNPCK{L,H}PD                                    : v/m v =v : k b e8
VPUNPCK{L,H}BW                                   : v/m v =v : k e1
VPUNPCK{L,H}WD                                   : v/m v =v : k e2
VPUNPCK{L,H}DQ                                   : v/m v =v : k b e4
VPUNPCK{L,H}QDQ                                  : v/m v =v : k b e8
VSHUFPS                                          : i8 v/m v =v : k b e4
VSHUFPD                                          : i8 v/m v =v : k b e8
VPSHUFD                                          : i8 v/m =v : k b e4
VPSHUFB                                          : v/m v =v : k e1
VPALIGNR                                         : i8 v/m v =v : k e1
VPERMILPS                                        : i8 v/m =v | v/m v =v : k b e4
VPERMILPD                                        : i8 v/m =v | v/m v =v : k b e8
VPERMPS VPERMD                                   : v/m v =v : k b e4 yz
VPERMQ VPERMPD                                   : i8 v/m =v : k b e8 yz
VPERMQ VPERMPD                                   : v/m v =v : evex k b e8 yz
VPERM{T,I}2{PS,D}                                : v/m v +v : evex k b e4
VPERM{T,I}2{PD,Q}                                : v/m v +v : evex k b e8
VEXTRACT{F,I}32X4                                : i8 v =x/m128 : evex k e4 yz
VEXTRACT{F,I}64X2                                : i8 v =x/m128 : evex k e8 yz
VEXTRACT{F,I}32X8                                : i8 z =y/m256 : evex k e4
VEXTRACT{F,I}64X4                                : i8 z =y/m256 : evex k e8
VINSERT{F,I}32X4                                 : i8 x/m128 v =v : evex k e4 yz
VINSERT{F,I}64X2                                 : i8 x/m128 v =v : evex k e8 yz
VINSERT{F,I}32X8                                 : i8 y/m256 z =z : evex k e4
VINSERT{F,I}64X4                                 : i8 y/m256 z =z : evex k e8
VSHUF{F,I}32X4                                   : i8 v/m v =v : evex k b e4 yz
VSHUF{F,I}64X2                                   : i8 v/m v =v : evex k b e8 yz
VALIGND                                          : i8 v/m v =v : evex k b e4
VALIGNQ                                          : i8 v/m v =v : evex k b e8

# Gathers and scatters: VEX with a vector mask, EVEX with a K register, both consumed
VGATHERDPS VPGATHERDD                            : +v g*v +v : vex e4
VGATHERDPD VPGATHERDQ                            : +v g*h +v : vex e8
VGATHERQPS VPGATHERQD                            : +h g*v +h : vex e4
VGATHERQPD VPGATHERQQ                            : +v g*v +v : vex e8
VGATHERDPS VPGATHERDD                            : g*v +k +v : evex e4
VGATHERDPD VPGATHERDQ                            : g*h +k +v : evex e8
VGATHERQPS VPGATHERQD                            : g*v +k +h : evex e4
VGATHERQPD VPGATHERQQ                            : g*v +k +v : evex e8
VSCATTERDPS VPSCATTERDD                          : v +k =g*v : evex e4
VSCATTERDPD VPSCATTERDQ                          : v +k =g*h : evex e8
VSCATTERQPS VPSCATTERQD                          : h +k =g*v : evex e4
VSCATTERQPD VPSCATTERQQ                          : v +k =g*v : evex e8

# Masks
KMOVB                                            : k =k | r =k | k =r | m8 =k | k =m8 : evex
KMOVW                                            : k =k | r =k | k =r | m16 =k | k =m16 : evex
KMOVD                                            : k =k | r =k | k =r | m32 =k | k =m32 : evex
KMOVQ                                            : k =k | r =k | k =r | m64 =k | k =m64 : evex copy
K{AND,ANDN,OR,ADD}{B,W,D,Q}                      : k k =k : evex
K{XOR,XNOR}{B,W,D,Q}                             : k k =k : evex idiom
KNOT{B,W,D,Q}                                    : k =k : evex
KSHIFT{L,R}{B,W,D,Q}                             : i8 k =k : evex
KORTEST{B,W,D,Q} KTEST{B,W,D,Q}                  : k k : evex fw
KUNPCK{BW,WD,DQ}                                 : k k =k : evex

# General purpose
MOVQ                                             : r/m64 =r | r =m64 | i32 =m64 | i64 =r : copy
MOVL                                             : r/m32 =r | r =m32 | i32 =m32 | i32 =r
MOVW                                             : r =m16 | i16 =m16
MOVB                                             : r =m8 | i8 =m8
MOVB{L,Q}{S,Z}X                                  : r/m8 =r
MOVW{L,Q}{S,Z}X                                  : r/m16 =r
MOVLQSX                                          : r/m32 =r
LEAQ                                             : a =r
{ADD,AND,OR}Q                                    : r/m64 +r | i32 +r | r +m64 | i32 +m64 : fw
{SUB,XOR}Q                                       : r/m64 +r | i32 +r | r +m64 | i32 +m64 : fw idiom
{ADD,AND,OR}L                                    : r/m32 +r | i32 +r | r +m32 | i32 +m32 : fw
{SUB,XOR}L                                       : r/m32 +r | i32 +r | r +m32 | i32 +m32 : fw idiom
IMULQ                                            : r/m64 +r : fw
IMULL                                            : r/m32 +r : fw
IMUL3Q                                           : i32 r/m64 =r : fw
IMUL3L                                           : i32 r/m32 =r : fw
{NEG,INC,DEC}Q                                   : +r/m64 : fw
{NEG,INC,DEC}L                                   : +r/m32 : fw
NOTQ                                             : +r/m64
NOTL                                             : +r/m32
{SHL,SHR,SAR,ROL,ROR}Q                           : i8 +r/m64 : fw
{SHL,SHR,SAR,ROL,ROR}L                           : i8 +r/m32 : fw
{SHLX,SHRX,SARX}Q                                : r r/m64 =r
{SHLX,SHRX,SARX}L                                : r r/m32 =r
BZHIQ                                            : r r/m64 =r : fw
BZHIL                                            : r r/m32 =r : fw
{POPCNT,LZCNT,TZCNT}Q                            : r/m64 =r : fw
{POPCNT,LZCNT,TZCNT}L                            : r/m32 =r : fw
CMPQ                                             : r/m64 r | r m64 | r/m64 i32 : fw
CMPL                                             : r/m32 r | r m32 | r/m32 i32 : fw
CMPB                                             : r/m8 i8 : fw
TESTQ                                            : r r/m64 | i32 r/m64 : fw
TESTL                                            : r r/m32 | i32 r/m32 : fw
TESTB                                            : i8 r/m8 : fw
CMOVQ{EQ,NE,LT,LE,GT,GE,CS,CC,LS,HI,MI,PL,OS,OC,PS,PC}  : r/m64 +r : fr
CMOVL{EQ,NE,LT,LE,GT,GE,CS,CC,LS,HI,MI,PL,OS,OC,PS,PC}  : r/m32 +r : fr
SET{EQ,NE,LT,LE,GT,GE,CS,CC,LS,HI,MI,PL,OS,OC,PS,PC}    : +r | =m8 : fr
J{EQ,NE,LT,LE,GT,GE,CS,CC,LS,HI,MI,PL,OS,OC,PS,PC}      : l : fr
JMP                                              : l
CQO                                              : AX =DX
{,I}DIVQ                                         : r/m64 +AX +DX : fw
{,I}DIVL                                         : r/m32 +AX +DX : fw
PREFETCH{T0,T1,T2,NTA}                           : a
SFENCE VZEROUPPER RET                            :
`
