"""The GS1 application identifiers: a line each. Written by tools/make_gs1_table.py; do not edit.

First and last AI of a range; whether a separator must end the value; whether it may be an attribute of a GS1 Digital
Link; components; rules on which AIs go together. From the GS1 Barcode Syntax Dictionary of 2026-07-27,
Copyright GS1 AISBL, Apache License 2.0.
"""

APPLICATION_ROWS = """\
00;00;no;yes;N18,csum,gcppos2;dlpkey
01;01;no;yes;N14,csum,gcppos2;ex=255,37 dlpkey=22,10,21|235
02;02;no;yes;N14,csum,gcppos2;ex=01,03 req=37
03;03;no;no;N14,csum,gcppos2;ex=01,02,37,235
10;10;yes;yes;X..20;req=01,02,03,8006,8026
11;11;no;yes;N6,yymmd0;req=01,02,03,8006,8026
12;12;no;yes;N6,yymmd0;req=8020
13;13;no;yes;N6,yymmd0;req=01,02,03,8006,8026
15;15;no;yes;N6,yymmd0;req=01,02,03,8006,8026
16;16;no;yes;N6,yymmd0;req=01,02,03,8006,8026
17;17;no;yes;N6,yymmd0;req=01,02,03,255,8006,8026
20;20;no;yes;N2;req=01,02,03,8006,8026
21;21;yes;no;X..20;req=01,03,8006 ex=235
22;22;yes;no;X..20;req=01
235;235;yes;no;X..28;req=01
240;240;yes;yes;X..30;req=01,02,03,8006,8026
241;241;yes;yes;X..30;req=01,02,03,8006,8026
242;242;yes;yes;N..6;req=01,02,8006,8026
243;243;yes;yes;X..20;req=01,03
250;250;yes;yes;X..30;req=01+21,03+21,8006+21
251;251;yes;yes;X..30;req=01,03,8006
253;253;yes;yes;N13,csum,gcppos1 [X..17];dlpkey
254;254;yes;no;X..20;req=414
255;255;yes;yes;N13,csum,gcppos1 [N..12];dlpkey ex=01,02,415,8006,8020,8026
30;30;yes;yes;N..8;req=01,02
3100;3105;no;yes;N6;req=01,02 ex=310n
3110;3115;no;yes;N6;req=01,02 ex=311n
3120;3125;no;yes;N6;req=01,02 ex=312n
3130;3135;no;yes;N6;req=01,02 ex=313n
3140;3145;no;yes;N6;req=01,02 ex=314n
3150;3155;no;yes;N6;req=01,02 ex=315n
3160;3165;no;yes;N6;req=01,02 ex=316n
3200;3205;no;yes;N6;req=01,02 ex=320n
3210;3215;no;yes;N6;req=01,02 ex=321n
3220;3225;no;yes;N6;req=01,02 ex=322n
3230;3235;no;yes;N6;req=01,02 ex=323n
3240;3245;no;yes;N6;req=01,02 ex=324n
3250;3255;no;yes;N6;req=01,02 ex=325n
3260;3265;no;yes;N6;req=01,02 ex=326n
3270;3275;no;yes;N6;req=01,02 ex=327n
3280;3285;no;yes;N6;req=01,02 ex=328n
3290;3295;no;yes;N6;req=01,02 ex=329n
3300;3305;no;yes;N6;req=00,01 ex=330n
3310;3315;no;yes;N6;req=00,01 ex=331n
3320;3325;no;yes;N6;req=00,01 ex=332n
3330;3335;no;yes;N6;req=00,01 ex=333n
3340;3345;no;yes;N6;req=00,01 ex=334n
3350;3355;no;yes;N6;req=00,01 ex=335n
3360;3365;no;yes;N6;req=00,01 ex=336n
3370;3375;no;yes;N6;req=01 ex=337n
3400;3405;no;yes;N6;req=00,01 ex=340n
3410;3415;no;yes;N6;req=00,01 ex=341n
3420;3425;no;yes;N6;req=00,01 ex=342n
3430;3435;no;yes;N6;req=00,01 ex=343n
3440;3445;no;yes;N6;req=00,01 ex=344n
3450;3455;no;yes;N6;req=00,01 ex=345n
3460;3465;no;yes;N6;req=00,01 ex=346n
3470;3475;no;yes;N6;req=00,01 ex=347n
3480;3485;no;yes;N6;req=00,01 ex=348n
3490;3495;no;yes;N6;req=00,01 ex=349n
3500;3505;no;yes;N6;req=01,02 ex=350n
3510;3515;no;yes;N6;req=01,02 ex=351n
3520;3525;no;yes;N6;req=01,02 ex=352n
3530;3535;no;yes;N6;req=00,01 ex=353n
3540;3545;no;yes;N6;req=00,01 ex=354n
3550;3555;no;yes;N6;req=00,01 ex=355n
3560;3565;no;yes;N6;req=01,02 ex=356n
3570;3575;no;yes;N6;req=01,02 ex=357n
3600;3605;no;yes;N6;req=01,02 ex=360n
3610;3615;no;yes;N6;req=01,02 ex=361n
3620;3625;no;yes;N6;req=00,01 ex=362n
3630;3635;no;yes;N6;req=00,01 ex=363n
3640;3645;no;yes;N6;req=01,02 ex=364n
3650;3655;no;yes;N6;req=01,02 ex=365n
3660;3665;no;yes;N6;req=01,02 ex=366n
3670;3675;no;yes;N6;req=00,01 ex=367n
3680;3685;no;yes;N6;req=00,01 ex=368n
3690;3695;no;yes;N6;req=00,01 ex=369n
37;37;yes;yes;N..8;req=00+02,00+8026
3900;3909;yes;yes;N..15;req=255,8020 ex=390n,391n,394n,8111
3910;3919;yes;yes;N3,iso4217 N..15;req=8020 ex=391n
3920;3929;yes;yes;N..15;req=01+30,01+31nn,01+32nn,01+35nn,01+36nn ex=392n,393n
3930;3939;yes;yes;N3,iso4217 N..15;req=30,31nn,32nn,35nn,36nn ex=393n
3940;3943;yes;yes;N4;req=255 ex=394n,8111
3950;3955;yes;yes;N6;req=30,31nn,32nn,35nn,36nn ex=392n,393n,395n,8005
400;400;yes;yes;X..30;
401;401;yes;yes;X..30,gcppos1;dlpkey
402;402;yes;yes;N17,csum,gcppos1;dlpkey
403;403;yes;yes;X..30;req=00
410;410;no;yes;N13,csum,gcppos1;
411;411;no;yes;N13,csum,gcppos1;
412;412;no;yes;N13,csum,gcppos1;
413;413;no;yes;N13,csum,gcppos1;
414;414;no;yes;N13,csum,gcppos1;dlpkey=254|7040
415;415;no;yes;N13,csum,gcppos1;req=8020 dlpkey=8020
416;416;no;yes;N13,csum,gcppos1;
417;417;no;yes;N13,csum,gcppos1;dlpkey=7040
420;420;yes;yes;X..20;ex=421
421;421;yes;yes;N3,iso3166 X..9;ex=4307
422;422;yes;yes;N3,iso3166;req=01,02,03,8006,8026 ex=426
423;423;yes;yes;N3,iso3166 [N3],iso3166 [N3],iso3166 [N3],iso3166 [N3],iso3166;req=01,02,03 ex=426
424;424;yes;yes;N3,iso3166;req=01,02,03 ex=426
425;425;yes;yes;N3,iso3166 [N3],iso3166 [N3],iso3166 [N3],iso3166 [N3],iso3166;req=01,02,03 ex=426
426;426;yes;yes;N3,iso3166;req=01,02,03
427;427;yes;yes;X..3;req=01+422,02+422,03+422
4300;4300;yes;yes;X..35,pcenc;req=00
4301;4301;yes;yes;X..35,pcenc;req=00
4302;4302;yes;yes;X..70,pcenc;req=00
4303;4303;yes;yes;X..70,pcenc;req=4302
4304;4304;yes;yes;X..70,pcenc;req=00
4305;4305;yes;yes;X..70,pcenc;req=00
4306;4306;yes;yes;X..70,pcenc;req=00
4307;4307;yes;yes;X2,iso3166alpha2;req=00
4308;4308;yes;yes;X..30;req=00
4309;4309;yes;yes;N10,latitude N10,longitude;req=00
4310;4310;yes;yes;X..35,pcenc;req=00
4311;4311;yes;yes;X..35,pcenc;req=00
4312;4312;yes;yes;X..70,pcenc;req=00
4313;4313;yes;yes;X..70,pcenc;req=4312
4314;4314;yes;yes;X..70,pcenc;req=00
4315;4315;yes;yes;X..70,pcenc;req=00
4316;4316;yes;yes;X..70,pcenc;req=00
4317;4317;yes;yes;X2,iso3166alpha2;req=00
4318;4318;yes;yes;X..20;req=00
4319;4319;yes;yes;X..30;req=00
4320;4320;yes;yes;X..35,pcenc;req=00
4321;4321;yes;yes;N1,yesno;req=00
4322;4322;yes;yes;N1,yesno;req=00
4323;4323;yes;yes;N1,yesno;req=00
4324;4324;yes;yes;N6,yymmd0 N4,hhmi;req=00
4325;4325;yes;yes;N6,yymmd0 N4,hhmi;req=00
4326;4326;yes;yes;N6,yymmdd;req=00
4330;4330;yes;yes;N6 [X1],hyphen;req=00 ex=4331
4331;4331;yes;yes;N6 [X1],hyphen;req=00 ex=4330
4332;4332;yes;yes;N6 [X1],hyphen;req=00 ex=4333
4333;4333;yes;yes;N6 [X1],hyphen;req=00 ex=4332
7001;7001;yes;yes;N13;req=01,02,8006,8026
7002;7002;yes;yes;X..30;req=01,02
7003;7003;yes;yes;N6,yymmdd N4,hhmi;req=01,02,03
7004;7004;yes;yes;N..4;req=01+10,03+10
7005;7005;yes;yes;X..12;req=01,02
7006;7006;yes;yes;N6,yymmdd;req=01,02
7007;7007;yes;yes;N6,yymmdd [N6],yymmdd;req=01,02
7008;7008;yes;yes;X..3;req=01,02
7009;7009;yes;yes;X..10;req=01,02
7010;7010;yes;yes;X..2;req=01,02,03
7011;7011;yes;yes;N6,yymmdd [N4],hhmi;req=01,02,03
7020;7020;yes;yes;X..20;req=01+416,03+416,8006+416
7021;7021;yes;yes;X..20;req=01,03,8006
7022;7022;yes;yes;X..20;req=01+7021,03+7021,8006+7021
7023;7023;yes;yes;X..30,gcppos1;
7030;7030;yes;yes;N3,iso3166999 X..27;req=01,02
7031;7031;yes;yes;N3,iso3166999 X..27;req=01,02
7032;7032;yes;yes;N3,iso3166999 X..27;req=01,02
7033;7033;yes;yes;N3,iso3166999 X..27;req=01,02
7034;7034;yes;yes;N3,iso3166999 X..27;req=01,02
7035;7035;yes;yes;N3,iso3166999 X..27;req=01,02
7036;7036;yes;yes;N3,iso3166999 X..27;req=01,02
7037;7037;yes;yes;N3,iso3166999 X..27;req=01,02
7038;7038;yes;yes;N3,iso3166999 X..27;req=01,02
7039;7039;yes;yes;N3,iso3166999 X..27;req=01,02
7040;7040;yes;no;N1 X1 X1 X1,importeridx;
7041;7041;yes;no;X..4,packagetype;req=00
710;710;yes;yes;X..20;req=01
711;711;yes;yes;X..20;req=01
712;712;yes;yes;X..20;req=01
713;713;yes;yes;X..20;req=01
714;714;yes;yes;X..20;req=01
715;715;yes;yes;X..20;req=01
716;716;yes;yes;X..20;req=01
717;717;yes;yes;X..20;req=01
7230;7230;yes;yes;X2 X..28;req=01,8004
7231;7231;yes;yes;X2 X..28;req=01,8004
7232;7232;yes;yes;X2 X..28;req=01,8004
7233;7233;yes;yes;X2 X..28;req=01,8004
7234;7234;yes;yes;X2 X..28;req=01,8004
7235;7235;yes;yes;X2 X..28;req=01,8004
7236;7236;yes;yes;X2 X..28;req=01,8004
7237;7237;yes;yes;X2 X..28;req=01,8004
7238;7238;yes;yes;X2 X..28;req=01,8004
7239;7239;yes;yes;X2 X..28;req=01,8004
7240;7240;yes;yes;X..20;req=01,8006 ex=03
7241;7241;yes;yes;N2,mediatype;req=8017,8018
7242;7242;yes;yes;X..25;req=8017,8018
7250;7250;yes;yes;N8,yyyymmdd;req=8018 ex=7251
7251;7251;yes;yes;N8,yyyymmdd N4,hhmi;req=8018 ex=7250
7252;7252;yes;yes;N1,iso5218;req=8018
7253;7253;yes;yes;X..40,pcenc;req=8017,8018 ex=7256,7259
7254;7254;yes;yes;X..40,pcenc;req=8017,8018 ex=7256,7259
7255;7255;yes;yes;X..10;req=8017,8018 ex=7256,7259
7256;7256;yes;yes;X..90,pcenc;req=8017,8018
7257;7257;yes;yes;X..70,pcenc;req=8018
7258;7258;yes;yes;X3,posinseqslash;req=8018+7259
7259;7259;yes;yes;X..40,pcenc;req=8018 ex=7256
8001;8001;yes;yes;N4,nonzero N5,nonzero N3,nonzero N1,winding N1;req=01
8002;8002;yes;yes;X..20;
8003;8003;yes;yes;N1,zero N13,csum,gcppos1 [X..16];dlpkey
8004;8004;yes;yes;X..30,gcppos1;dlpkey=7040
8005;8005;yes;yes;N6;req=01,02
8006;8006;yes;yes;N14,csum,gcppos2 N4,pieceoftotal;ex=01,03,37 dlpkey=22,10,21
8007;8007;yes;yes;X..34,iban;req=415
8008;8008;yes;yes;N6,yymmdd N2,hh [N2],mi [N2],ss;req=01,02,03
8009;8009;yes;yes;X..50;req=00,01,03
8010;8010;yes;yes;Y..30,gcppos1;dlpkey=8011
8011;8011;yes;no;N..12,nozeroprefix;req=8010
8012;8012;yes;yes;X..20;req=01,03,8006
8013;8013;yes;yes;X..25,csumalpha,gcppos1;dlpkey
8014;8014;yes;no;X..25,csumalpha,gcppos1,hasnondigit;req=01
8017;8017;yes;yes;N18,csum,gcppos1;ex=8018 dlpkey=8019
8018;8018;yes;yes;N18,csum,gcppos1;ex=8017 dlpkey=8019
8019;8019;yes;no;N..10;req=8017,8018
8020;8020;yes;no;X..25;req=415
8026;8026;yes;yes;N14,csum,gcppos2 N4,pieceoftotal;req=37 ex=02,03,8006
8030;8030;yes;yes;Z..90;req=00,01+21,03+21,253,255,8003,8004,8006+21,8010+8011,8017,8018
8040;8040;yes;no;N15;req=01+21
8041;8041;yes;no;N15;req=01+21+8040
8042;8042;yes;no;N32;req=01+21+8040
8043;8043;yes;no;N18 [N..2];req=01+21+8040
8110;8110;yes;yes;X..70,couponcode;
8111;8111;yes;yes;N4;req=255
8112;8112;yes;yes;X..70,couponposoffer;
8200;8200;yes;no;X..70;req=01
90;90;yes;yes;X..30;
91;99;yes;yes;X..90;
"""
