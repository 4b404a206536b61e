BEGIN TRANSACTION;
CREATE TABLE schema_version (
	version INTEGER NOT NULL
);
INSERT INTO "schema_version" VALUES(5);
CREATE TABLE uploads (
	id VARCHAR(26) NOT NULL, 
	upload_name TEXT NOT NULL, 
	file_name TEXT NOT NULL, 
	name TEXT NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	peer TEXT NOT NULL, 
	encrypted BOOLEAN NOT NULL, 
	received_at DATETIME NOT NULL, 
	printer_id TEXT NOT NULL, 
	printer_name TEXT NOT NULL, 
	printer_model TEXT NOT NULL, 
	mode TEXT NOT NULL, 
	state TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	on_card BOOLEAN NOT NULL, 
	request JSON, 
	facts JSON, 
	annotations JSON NOT NULL, 
	"plan" JSON NOT NULL, 
	queueing BOOLEAN NOT NULL, 
	duplicates TEXT NOT NULL, 
	cost FLOAT, 
	PRIMARY KEY (id)
);
INSERT INTO "uploads" VALUES('01M8JMSF98259Z1TPFNMB5JZ0Y','Gift.gcode.3mf','Gift.gcode.3mf','Gear and star',406170,'760f391bd7d3f5c1bbc8e34556530cc391b379e10c82492a65463f26372107dd','192.0.2.7',1,'2026-11-29 03:15:15.894666','p1','Demo P1S','C12','immediate','archived','',1,NULL,NULL,'{"notes": "", "tags": [], "favourite": false, "project": "", "name": "", "link": ""}','{"target": null, "plates": [], "copies": 1, "staged": true, "priority": 0, "not_before": null, "due_at": null, "options": null}',0,'keep',NULL);
INSERT INTO "uploads" VALUES('01M8JMSFH1GJG7ER85062WRG6B','Again.gcode.3mf','Again.gcode.3mf','Gear and star',406170,'760f391bd7d3f5c1bbc8e34556530cc391b379e10c82492a65463f26372107dd','192.0.2.7',1,'2026-11-29 03:15:16.156444','p1','Demo P1S','C12','immediate','archived','',1,NULL,NULL,'{"notes": "", "tags": [], "favourite": false, "project": "", "name": "", "link": ""}','{"target": null, "plates": [], "copies": 1, "staged": true, "priority": 0, "not_before": null, "due_at": null, "options": null}',0,'keep',NULL);
INSERT INTO "uploads" VALUES('01M8JMSGAHG2E67ZEMAA4R15DG','Held.gcode.3mf','Held.gcode.3mf','Held',406164,'8cd1e1aa2e6efa082e34108d489242bc30d4764bf0ce404bbcf7589f02c3fcb6','192.0.2.7',1,'2026-11-29 03:15:16.951769','p2','Kids'' A1','N2S','review','pending','',1,'{"file": "Cube.gcode.3mf", "subtask_name": "Cube", "plate": 2, "peer": "192.0.2.7", "received_at": "2026-11-22T10:00:05+00:00", "md5": "927FEC3544552583A299A88CF1E647AD", "bed_type": "textured_plate", "timelapse": false, "vibration_cali": null, "layer_inspect": null, "use_ams": true, "bed_leveling": 2, "flow_cali": null, "nozzle_offset_cali": null, "ams_mapping": [0, -1, -1], "ams_mapping2": [{"ams_id": 0, "slot_id": 0}, {"ams_id": 255, "slot_id": 255}], "nozzle_mapping": null}','{"plates": [{"number": 1, "name": "Knob 1", "printable": true, "print_time_s": 1345, "filament_g": 15.35, "filament_m": 5.15, "filaments": [{"slot": 1, "type": "PLA", "color": "#00AE42", "used_g": 15.35, "used_m": 5.15, "tray_info_idx": "GFA00", "profile": "Bambu PLA Basic @BBL X1C", "group_ids": [0]}], "objects": [{"id": 110, "name": "Knob 1", "skipped": false}, {"id": 132, "name": "Gear 1", "skipped": false}], "object_count": 2, "total_layers": 60, "height_mm": 12.0, "bed_type": "Textured PEI Plate", "support_used": false, "thumbnail": "Metadata/plate_1.png"}], "title": "Held", "designer": "Demo Designer", "makerworld_id": "1234567", "slicer": "bambu_studio", "slicer_version": "02.07.01.57", "printer_model": "Bambu Lab P1S", "printer_model_id": "C12", "printer_profile": "Bambu Lab P1S 0.4 nozzle", "print_profile": "0.20mm Standard @BBL X1C", "nozzle_diameters_mm": [0.4], "layer_height_mm": 0.2, "bed_type": "Textured PEI Plate", "bed_temperature_c": 55, "bed_temperature_initial_layer_c": 55, "nozzle_temperature_c": 220, "nozzle_temperature_initial_layer_c": 220}','{"notes": "for later", "tags": [], "favourite": false, "project": "", "name": "", "link": ""}','{"target": {"kind": "model", "id": "C12"}, "plates": [], "copies": 2, "staged": false, "priority": 0, "not_before": null, "due_at": "2031-05-06T07:08:00+00:00", "options": null}',0,'keep',0.3837);
INSERT INTO "uploads" VALUES('01M8JMSGD0YX8FXRA72XBH62N2','Broken.3mf','Broken.3mf','Broken',6,'3b14b4818d9c798fd6bd0eefdf9ee3be8858f52a97477fe3bb937633ac5c76a2','192.0.2.7',1,'2026-11-29 03:15:17.031841','p2','Kids'' A1','N2S','review','pending','The file is not a ZIP, or a damaged one.',1,NULL,NULL,'{"notes": "", "tags": [], "favourite": false, "project": "", "name": "", "link": ""}','{"target": null, "plates": [], "copies": 1, "staged": true, "priority": 0, "not_before": null, "due_at": null, "options": null}',0,'keep',NULL);
INSERT INTO "uploads" VALUES('01M8JMSH0Q484FPH25KA3FSNN1','Gone.gcode.3mf','Gone.gcode.3mf','Gone',406164,'c672e393b3307653a2a66f9cad75ac7f238554227cdc56403441388f601a8122','192.0.2.7',1,'2026-11-29 03:15:17.716124','p2','Kids'' A1','N2S','review','sent_back','wrong filament',0,NULL,NULL,'{"notes": "", "tags": [], "favourite": false, "project": "", "name": "", "link": ""}','{"target": null, "plates": [], "copies": 1, "staged": true, "priority": 0, "not_before": null, "due_at": null, "options": null}',0,'keep',0.3837);
CREATE TABLE archives (
	id VARCHAR(26) NOT NULL, 
	upload_name TEXT NOT NULL, 
	file_name TEXT NOT NULL, 
	name TEXT NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	peer TEXT NOT NULL, 
	encrypted BOOLEAN NOT NULL, 
	received_at DATETIME NOT NULL, 
	printer_id TEXT NOT NULL, 
	printer_name TEXT NOT NULL, 
	printer_model TEXT NOT NULL, 
	mode TEXT NOT NULL, 
	sort_name TEXT NOT NULL, 
	search_text TEXT NOT NULL, 
	month TEXT NOT NULL, 
	archived_at DATETIME NOT NULL, 
	deleted_at DATETIME, 
	purging BOOLEAN NOT NULL, 
	title TEXT NOT NULL, 
	designer TEXT NOT NULL, 
	makerworld_id TEXT NOT NULL, 
	sliced_for TEXT NOT NULL, 
	sliced_for_code TEXT NOT NULL, 
	plate_count INTEGER NOT NULL, 
	print_time_s BIGINT NOT NULL, 
	filament_g FLOAT NOT NULL, 
	filament_types TEXT NOT NULL, 
	filament_colors TEXT NOT NULL, 
	cost FLOAT NOT NULL, 
	print_count INTEGER NOT NULL, 
	last_printed_at DATETIME, 
	given_name TEXT NOT NULL, 
	search_id BIGINT NOT NULL, 
	notes TEXT NOT NULL, 
	favourite BOOLEAN NOT NULL, 
	project TEXT NOT NULL, 
	link TEXT NOT NULL, 
	facts JSON NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "archives" VALUES('01M8JMSF98259Z1TPFNMB5JZ0Y','Gift.gcode.3mf','Gift.gcode.3mf','A gift',406170,'760f391bd7d3f5c1bbc8e34556530cc391b379e10c82492a65463f26372107dd','192.0.2.7',1,'2026-11-29 03:15:15.894666','p1','Demo P1S','C12','immediate','a gift','a gift
gift
gear and star
demo designer
bambu lab p1s
pla
presents
petg
prints well','2026-11','2026-11-29 03:15:16.052932',NULL,0,'Gear and star','Demo Designer','1234567','Bambu Lab P1S','C12',1,1345,15.35,'PLA','#00AE42',0.3837,1,'2026-11-29 03:15:16.284541','A gift',58848775893158057,'prints well',1,'Presents','https://example.com/gift','{"title": "Gear and star", "designer": "Demo Designer", "makerworld_id": "1234567", "slicer": "bambu_studio", "slicer_version": "02.07.01.57", "printer_model": "Bambu Lab P1S", "printer_model_id": "C12", "printer_profile": "Bambu Lab P1S 0.4 nozzle", "print_profile": "0.20mm Standard @BBL X1C", "nozzle_diameters_mm": [0.4], "layer_height_mm": 0.2, "bed_type": "Textured PEI Plate", "bed_temperature_c": 55, "bed_temperature_initial_layer_c": 55, "nozzle_temperature_c": 220, "nozzle_temperature_initial_layer_c": 220}');
INSERT INTO "archives" VALUES('01M8JMSFH1GJG7ER85062WRG6B','Again.gcode.3mf','Again.gcode.3mf','Gear and star',406170,'760f391bd7d3f5c1bbc8e34556530cc391b379e10c82492a65463f26372107dd','192.0.2.7',1,'2026-11-29 03:15:16.156444','p1','Demo P1S','C12','immediate','gear and star','gear and star
again
demo designer
bambu lab p1s
pla','2026-11','2026-11-29 03:15:16.182942',NULL,0,'Gear and star','Demo Designer','1234567','Bambu Lab P1S','C12',1,1345,15.35,'PLA','#00AE42',0.3837,0,NULL,'',58848775901332048,'',0,'','','{"title": "Gear and star", "designer": "Demo Designer", "makerworld_id": "1234567", "slicer": "bambu_studio", "slicer_version": "02.07.01.57", "printer_model": "Bambu Lab P1S", "printer_model_id": "C12", "printer_profile": "Bambu Lab P1S 0.4 nozzle", "print_profile": "0.20mm Standard @BBL X1C", "nozzle_diameters_mm": [0.4], "layer_height_mm": 0.2, "bed_type": "Textured PEI Plate", "bed_temperature_c": 55, "bed_temperature_initial_layer_c": 55, "nozzle_temperature_c": 220, "nozzle_temperature_initial_layer_c": 220}');
CREATE TABLE 'archives_full_text_data'(id INTEGER PRIMARY KEY, block BLOB);
INSERT INTO "archives_full_text_data" VALUES(1,X'028102');
INSERT INTO "archives_full_text_data" VALUES(10,X'000000000103030003010101020101030101');
INSERT INTO "archives_full_text_data" VALUES(137438953473,X'000002B404300A6261E8C4D4E5F4D09129022202026465E8C4D4E5F4D09129021402026769E8C4D4E5F4D09129020F0202706CE8C4D4E5F4D091290230010320616EE8C4D4E5F4D09129020602026465E8C4D4E5F4D09129021902026C61E8C4D4E5F4D09129022802027031E8C4D4E5F4D09129022C02027374E8C4D4E5F4D09129020A010331730AE8C4D4E5F4D09129022E0103616220E8C4D4E5F4D09129022A02026D62E8C4D4E5F4D09129022402026E64E8C4D4E5F4D0912902070202720AE8C4D4E5F4D09129020D030120E8C4D4E5F4D0912902040103622070E8C4D4E5F4D09129022B0202616DE8C4D4E5F4D09129022302027520E8C4D4E5F4D0912902260103642073E8C4D4E5F4D0912902090202656DE8C4D4E5F4D091290215030173E8C4D4E5F4D09129021A0103656172E8C4D4E5F4D09129020302026D6FE8C4D4E5F4D0912902160202720AE8C4D4E5F4D09129022002027369E8C4D4E5F4D09129021B010366740AE8C4D4E5F4D0912902120103676561E8C4D4E5F4D09129020202026966E8C4D4E5F4D09129021002026E65E8C4D4E5F4D09129021E0103696674E8C4D4E5F4D0912902110202676EE8C4D4E5F4D09129021D01036C6162E8C4D4E5F4D09129022901036D6275E8C4D4E5F4D09129022502026F20E8C4D4E5F4D09129021701036E6420E8C4D4E5F4D09129020802026572E8C4D4E5F4D09129021F01036F2064E8C4D4E5F4D0912902180103703173E8C4D4E5F4D09129022D02026C61E8C4D4E5F4D0912902310103720A62E8C4D4E5F4D091290221030167E8C4D4E5F4D09129020E02022061E8C4D4E5F4D0912902050103730A70E8C4D4E5F4D09129022F02026967E8C4D4E5F4D09129021C02027461E8C4D4E5F4D09129020B0103740A64E8C4D4E5F4D09129021302026172E8C4D4E5F4D09129020C010375206CE8C4D4E5F4D091290227040F0E0E0E0F0E0E0E0E0F0F0E0E0E0D0F0E0E0F0E0D0F0E0E0E0F0F0E0E0F0E0F0F0E0F0E0F0F0E0F0D0E0F0E0E0F0E');
INSERT INTO "archives_full_text_data" VALUES(274877906945,X'0000043904300A6261E8C4D4E5F4D09129032902026465E8C4D4E5F4D09129031B02026765E8C4D4E5F4D09129020D030169E8C4D4E5F4D09129030802027065E8C4D4E5F4D09129024403016CE8C4D4E5F4D091290337030172E8C4D4E5F4D09129043B10010320616EE8C4D4E5F4D09129031202026465E8C4D4E5F4D09129032002026769E8C4D4E5F4D09129020302026C61E8C4D4E5F4D09129032F02027031E8C4D4E5F4D09129033302027374E8C4D4E5F4D09129031602027765E8C4D4E5F4D091290250010331730AE8C4D4E5F4D0912903350103610A70E8C4D4E5F4D09129023A02022067E8C4D4E5F4D09129020202026220E8C4D4E5F4D09129033102026D62E8C4D4E5F4D09129032B02026E64E8C4D4E5F4D0912903130202720AE8C4D4E5F4D091290319030120E8C4D4E5F4D0912903100103622070E8C4D4E5F4D0912903320202616DE8C4D4E5F4D09129032A02027520E8C4D4E5F4D09129032D0103642073E8C4D4E5F4D0912903150202656DE8C4D4E5F4D09129031C030173E8C4D4E5F4D0912903210103656172E8C4D4E5F4D09129030F02026C6CE8C4D4E5F4D09129025202026D6FE8C4D4E5F4D09129031D02026E74E8C4D4E5F4D0912902400202720AE8C4D4E5F4D09129032702027365E8C4D4E5F4D09129023E030169E8C4D4E5F4D09129032202027467E8C4D4E5F4D091290246010366740AE8C4D4E5F4D091290506070103670A70E8C4D4E5F4D09129024802026561E8C4D4E5F4D09129030E02026966E8C4D4E5F4D0912905040702026E65E8C4D4E5F4D0912903250103696674E8C4D4E5F4D091290505070202676EE8C4D4E5F4D09129032402026E74E8C4D4E5F4D09129024C01036C610AE8C4D4E5F4D091290239030162E8C4D4E5F4D09129033001036D6275E8C4D4E5F4D09129032C02026F20E8C4D4E5F4D09129031E01036E6420E8C4D4E5F4D09129031402026572E8C4D4E5F4D09129032602027473E8C4D4E5F4D0912904410E01036F2064E8C4D4E5F4D09129031F0103703173E8C4D4E5F4D09129033402026574E8C4D4E5F4D09129024502026C61E8C4D4E5F4D09129033802027265E8C4D4E5F4D09129023C030169E8C4D4E5F4D09129024A0103720A62E8C4D4E5F4D091290328030164E8C4D4E5F4D09129021A030167E8C4D4E5F4D091290102022061E8C4D4E5F4D09129031102026573E8C4D4E5F4D09129023D0202696EE8C4D4E5F4D09129024B0103730A70E8C4D4E5F4D0912905360F02022077E8C4D4E5F4D09129024F0202656EE8C4D4E5F4D09129023F02026967E8C4D4E5F4D09129032302027461E8C4D4E5F4D0912903170103740A64E8C4D4E5F4D0912901030167E8C4D4E5F4D0912904070702026172E8C4D4E5F4D0912903180202670AE8C4D4E5F4D0912902470202730AE8C4D4E5F4D091290242030120E8C4D4E5F4D09129024E010375206CE8C4D4E5F4D09129032E010377656CE8C4D4E5F4D091290251040F0E0E0D0E0D0E0F0E0E0E0E0E0E0F0F0E0E0E0E0E0D0F0E0E0F0E0D0F0E0E0E0E0E0D0E100F0E0F0E100E0E0F0D0F0E0F0E0F0F0F0E0E0E0D0F0D0C0E0E0E100E0E0E0E0E0E0E0E0E0D0F');
INSERT INTO "archives_full_text_data" VALUES(412316860417,X'000002C104300A6167E8C4D4E5F8C38450020F02026261E8C4D4E5F8C38450022302026465E8C4D4E5F8C3845002150202706CE8C4D4E5F8C384500231010320616EE8C4D4E5F8C38450020602026465E8C4D4E5F8C38450021A02026C61E8C4D4E5F8C38450022902027031E8C4D4E5F8C38450022D02027374E8C4D4E5F8C38450020A010331730AE8C4D4E5F8C38450022F0103616220E8C4D4E5F8C38450022B02026761E8C4D4E5F8C3845002100202696EE8C4D4E5F8C38450021202026D62E8C4D4E5F8C38450022502026E64E8C4D4E5F8C3845002070202720AE8C4D4E5F8C38450020D030120E8C4D4E5F8C3845002040103622070E8C4D4E5F8C38450022C0202616DE8C4D4E5F8C38450022402027520E8C4D4E5F8C3845002270103642073E8C4D4E5F8C3845002090202656DE8C4D4E5F8C384500216030173E8C4D4E5F8C38450021B0103656172E8C4D4E5F8C38450020302026D6FE8C4D4E5F8C3845002170202720AE8C4D4E5F8C38450022102027369E8C4D4E5F8C38450021C0103676169E8C4D4E5F8C38450021102026561E8C4D4E5F8C38450020202026E65E8C4D4E5F8C38450021F010369676EE8C4D4E5F8C38450021E02026E0AE8C4D4E5F8C38450021301036C6162E8C4D4E5F8C38450022A01036D6275E8C4D4E5F8C38450022602026F20E8C4D4E5F8C38450021801036E0A64E8C4D4E5F8C38450021402026420E8C4D4E5F8C38450020802026572E8C4D4E5F8C38450022001036F2064E8C4D4E5F8C3845002190103703173E8C4D4E5F8C38450022E02026C61E8C4D4E5F8C3845002320103720A61E8C4D4E5F8C38450020E030162E8C4D4E5F8C38450022202022061E8C4D4E5F8C3845002050103730A70E8C4D4E5F8C38450023002026967E8C4D4E5F8C38450021D02027461E8C4D4E5F8C38450020B0103746172E8C4D4E5F8C38450020C010375206CE8C4D4E5F8C384500228040F0E0E0E0F0E0E0E0E0F0F0E0E0E0E0E0D0F0E0E0F0E0D0F0E0E0E0F0E0E0F0E0F0F0E0F0E0E0F0F0E0F0D0E0F0E0E0F');
CREATE TABLE 'archives_full_text_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
INSERT INTO "archives_full_text_idx" VALUES(1,X'',2);
INSERT INTO "archives_full_text_idx" VALUES(2,X'',2);
INSERT INTO "archives_full_text_idx" VALUES(3,X'',2);
CREATE TABLE 'archives_full_text_config'(k PRIMARY KEY, v) WITHOUT ROWID;
INSERT INTO "archives_full_text_config" VALUES('version',4);
CREATE TABLE serial_suffixes (
	suffix TEXT NOT NULL, 
	issued_at DATETIME NOT NULL, 
	PRIMARY KEY (suffix)
);
CREATE TABLE archive_plates (
	archive_id VARCHAR(26) NOT NULL, 
	number INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	printable BOOLEAN NOT NULL, 
	print_time_s BIGINT, 
	filament_g FLOAT, 
	facts JSON NOT NULL, 
	PRIMARY KEY (archive_id, number), 
	FOREIGN KEY(archive_id) REFERENCES archives (id) ON DELETE CASCADE
);
INSERT INTO "archive_plates" VALUES('01M8JMSF98259Z1TPFNMB5JZ0Y',1,'Knob 1',1,1345,15.35,'{"number": 1, "name": "Knob 1", "printable": true, "print_time_s": 1345, "filament_g": 15.35, "filament_m": 5.15, "filaments": [{"slot": 1, "type": "PLA", "color": "#00AE42", "used_g": 15.35, "used_m": 5.15, "tray_info_idx": "GFA00", "profile": "Bambu PLA Basic @BBL X1C", "group_ids": [0]}], "objects": [{"id": 110, "name": "Knob 1", "skipped": false}, {"id": 132, "name": "Gear 1", "skipped": false}], "object_count": 2, "total_layers": 60, "height_mm": 12.0, "bed_type": "Textured PEI Plate", "support_used": false, "thumbnail": "Metadata/plate_1.png"}');
INSERT INTO "archive_plates" VALUES('01M8JMSFH1GJG7ER85062WRG6B',1,'Knob 1',1,1345,15.35,'{"number": 1, "name": "Knob 1", "printable": true, "print_time_s": 1345, "filament_g": 15.35, "filament_m": 5.15, "filaments": [{"slot": 1, "type": "PLA", "color": "#00AE42", "used_g": 15.35, "used_m": 5.15, "tray_info_idx": "GFA00", "profile": "Bambu PLA Basic @BBL X1C", "group_ids": [0]}], "objects": [{"id": 110, "name": "Knob 1", "skipped": false}, {"id": 132, "name": "Gear 1", "skipped": false}], "object_count": 2, "total_layers": 60, "height_mm": 12.0, "bed_type": "Textured PEI Plate", "support_used": false, "thumbnail": "Metadata/plate_1.png"}');
CREATE TABLE archive_tags (
	archive_id VARCHAR(26) NOT NULL, 
	tag_key TEXT NOT NULL, 
	tag TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	PRIMARY KEY (archive_id, tag_key), 
	FOREIGN KEY(archive_id) REFERENCES archives (id) ON DELETE CASCADE
);
INSERT INTO "archive_tags" VALUES('01M8JMSF98259Z1TPFNMB5JZ0Y','gift','Gift',0);
INSERT INTO "archive_tags" VALUES('01M8JMSF98259Z1TPFNMB5JZ0Y','petg','PETG',1);
CREATE TABLE archive_materials (
	archive_id VARCHAR(26) NOT NULL, 
	material TEXT NOT NULL, 
	PRIMARY KEY (archive_id, material), 
	FOREIGN KEY(archive_id) REFERENCES archives (id) ON DELETE CASCADE
);
INSERT INTO "archive_materials" VALUES('01M8JMSF98259Z1TPFNMB5JZ0Y','pla');
INSERT INTO "archive_materials" VALUES('01M8JMSFH1GJG7ER85062WRG6B','pla');
CREATE TABLE jobs (
	id VARCHAR(26) NOT NULL, 
	archive_id VARCHAR(26) NOT NULL, 
	plate INTEGER NOT NULL, 
	plate_name TEXT NOT NULL, 
	state TEXT NOT NULL, 
	position INTEGER, 
	priority INTEGER NOT NULL, 
	copies INTEGER NOT NULL, 
	copies_printed INTEGER NOT NULL, 
	target JSON, 
	not_before DATETIME, 
	due_at DATETIME, 
	options JSON, 
	options_chosen BOOLEAN NOT NULL, 
	options_due_at DATETIME, 
	print_time_s BIGINT, 
	filament_g FLOAT, 
	filament_types TEXT NOT NULL, 
	filament_colors TEXT NOT NULL, 
	cost FLOAT, 
	machine_id TEXT NOT NULL, 
	attempts INTEGER NOT NULL, 
	error TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	started_at DATETIME, 
	finished_at DATETIME, 
	PRIMARY KEY (id), 
	FOREIGN KEY(archive_id) REFERENCES archives (id) ON DELETE CASCADE
);
INSERT INTO "jobs" VALUES('01M8JMSFM0J4YBJZTMC8VA72T0','01M8JMSF98259Z1TPFNMB5JZ0Y',1,'Knob 1','completed',NULL,0,1,1,'{"kind": "printer", "id": "real"}',NULL,NULL,NULL,0,NULL,1345,15.35,'PLA','#00AE42',0.3837,'real',1,'','2026-11-29 03:15:16.213762','2026-11-29 03:15:16.256818','2026-11-29 03:15:16.284541');
INSERT INTO "jobs" VALUES('01M8JMSFPPQX9CBHBAKDWN7P99','01M8JMSF98259Z1TPFNMB5JZ0Y',1,'Knob 1','failed',NULL,0,1,0,'{"kind": "printer", "id": "real"}',NULL,NULL,NULL,0,NULL,1345,15.35,'PLA','#00AE42',0.3837,'',0,'Nozzle clogged','2026-11-29 03:15:16.310383',NULL,'2026-11-29 03:15:16.324888');
INSERT INTO "jobs" VALUES('01M8JMSFR4FEXM56F6ZJMQ49Z0','01M8JMSF98259Z1TPFNMB5JZ0Y',1,'Knob 1','cancelled',NULL,0,1,0,NULL,NULL,NULL,NULL,0,NULL,1345,15.35,'PLA','#00AE42',0.3837,'',0,'','2026-11-29 03:15:16.347277',NULL,'2026-11-29 03:15:16.364482');
INSERT INTO "jobs" VALUES('01M8JMSFS2HC146Q67D3JT50K8','01M8JMSF98259Z1TPFNMB5JZ0Y',1,'Knob 1','printing',NULL,0,1,0,'{"kind": "printer", "id": "real"}',NULL,NULL,NULL,0,NULL,1345,15.35,'PLA','#00AE42',0.3837,'real',1,'','2026-11-29 03:15:16.385717','2026-11-29 03:15:16.410834',NULL);
INSERT INTO "jobs" VALUES('01M8JMSFV65S7VQ1W2QFPB2H1X','01M8JMSF98259Z1TPFNMB5JZ0Y',1,'Knob 1','staged',2,0,3,0,NULL,NULL,NULL,NULL,0,NULL,1345,15.35,'PLA','#00AE42',0.3837,'',0,'','2026-11-29 03:15:16.453841',NULL,NULL);
INSERT INTO "jobs" VALUES('01M8JMSFVMGYB2PWXQXBWPY25F','01M8JMSFH1GJG7ER85062WRG6B',1,'Knob 1','waiting',3,0,1,0,NULL,NULL,NULL,NULL,0,NULL,1345,15.35,'PLA','#00AE42',0.3837,'',0,'','2026-11-29 03:15:16.468002',NULL,NULL);
INSERT INTO "jobs" VALUES('01M8JMSFWH6EAKQ3HR2HPFPSSG','01M8JMSFH1GJG7ER85062WRG6B',1,'Knob 1','pending',1,1,1,0,'{"kind": "model", "id": "C12"}','2031-01-02 03:04:00.000000','2031-02-03 04:05:00.000000','{"bed_type": "", "timelapse": true, "vibration_cali": null, "layer_inspect": null, "use_ams": null, "bed_leveling": null, "flow_cali": null, "nozzle_offset_cali": null, "ams_mapping": null, "ams_mapping2": null, "nozzle_mapping": null}',1,NULL,1345,15.35,'PLA','#00AE42',0.3837,'',0,'','2026-11-29 03:15:16.497228',NULL,NULL);
PRAGMA writable_schema=ON;
INSERT INTO sqlite_master(type,name,tbl_name,rootpage,sql)VALUES('table','archives_full_text','archives_full_text',0,'CREATE VIRTUAL TABLE archives_full_text USING fts5(search_text, content='''', columnsize=0, tokenize=''trigram'')');
PRAGMA writable_schema=OFF;
CREATE INDEX uploads_card_times ON uploads (printer_id, received_at) WHERE on_card IS 1;
CREATE INDEX uploads_by_printer ON uploads (printer_id, id);
CREATE INDEX uploads_card_names ON uploads (printer_id, upload_name) WHERE on_card IS 1;
CREATE INDEX uploads_by_state ON uploads (state, id);
CREATE INDEX archives_by_design ON archives (makerworld_id, id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX archives_by_size ON archives (size_bytes, id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX archives_by_model ON archives (sliced_for, id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX archives_by_time ON archives (received_at, id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX archives_by_print_count ON archives (print_count, id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX archives_texts ON archives (id, search_text, sort_name, print_time_s, filament_g, size_bytes, received_at, printer_id, sliced_for, favourite, project, print_count, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX archives_newest ON archives (id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX archives_by_print_time ON archives (print_time_s, id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX archives_by_content ON archives (sha256, id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX archives_by_project ON archives (project, id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX archives_by_month ON archives (month, printer_id, printer_name, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX archives_deleted ON archives (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX archives_totals ON archives (size_bytes, filament_g, print_time_s, cost, deleted_at);
CREATE INDEX archives_by_name ON archives (sort_name, id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX archives_by_filament ON archives (filament_g, id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX archives_by_printer ON archives (printer_id, id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX archives_favourites ON archives (favourite, id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX archives_found ON archives (search_id, id, sort_name, print_time_s, filament_g, size_bytes, received_at, printer_id, sliced_for, favourite, project, print_count, deleted_at) WHERE deleted_at IS NULL;
CREATE TRIGGER archives_text_added AFTER INSERT ON archives BEGIN INSERT INTO archives_full_text(rowid, search_text) SELECT new.search_id, new.search_text WHERE new.deleted_at IS NULL; END;
CREATE TRIGGER archives_text_removed AFTER DELETE ON archives WHEN old.deleted_at IS NULL BEGIN INSERT INTO archives_full_text(archives_full_text, rowid, search_text) VALUES ('delete', old.search_id, old.search_text); END;
CREATE TRIGGER archives_text_changed AFTER UPDATE OF search_text, deleted_at ON archives WHEN old.deleted_at IS NULL BEGIN INSERT INTO archives_full_text(archives_full_text, rowid, search_text) VALUES ('delete', old.search_id, old.search_text); INSERT INTO archives_full_text(rowid, search_text) SELECT new.search_id, new.search_text WHERE new.deleted_at IS NULL; END;
CREATE INDEX archive_tags_by_key ON archive_tags (tag_key, archive_id);
CREATE INDEX archive_materials_by_name ON archive_materials (material, archive_id);
CREATE INDEX jobs_finished ON jobs (finished_at, id);
CREATE INDEX jobs_by_archive ON jobs (archive_id, finished_at);
CREATE INDEX jobs_totals ON jobs (copies_printed, filament_g, print_time_s, cost) WHERE copies_printed > 0;
CREATE INDEX jobs_unfinished ON jobs (position, id) WHERE finished_at IS NULL;
COMMIT;
