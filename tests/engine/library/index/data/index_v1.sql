BEGIN TRANSACTION;
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
INSERT INTO "archive_plates" VALUES('01M81DZPXET4DKWAV4GYFRFNEK',1,'Gear and star 1',1,1345,15.35,'{"number": 1, "name": "Gear and star 1", "printable": true, "print_time_s": 1345, "filament_g": 15.35, "filament_m": 5.15, "filaments": [{"slot": 1, "type": "PLA", "color": "#00AE42", "used_g": 15.35, "used_m": 5.15, "tray_info_idx": "GFA00", "profile": "Bambu PLA Basic @BBL X1C", "group_ids": [0]}], "objects": [{"id": 110, "name": "Knob 1", "skipped": false}, {"id": 132, "name": "Gear 1", "skipped": false}], "object_count": 2, "total_layers": 60, "height_mm": 12.0, "bed_type": "Textured PEI Plate", "support_used": false, "thumbnail": "Metadata/plate_1.png"}');
INSERT INTO "archive_plates" VALUES('01M81DZPXET4DKWAV4GYFRFNEK',2,'Gear and star 2',1,1278,14.22,'{"number": 2, "name": "Gear and star 2", "printable": true, "print_time_s": 1278, "filament_g": 14.22, "filament_m": 4.77, "filaments": [{"slot": 1, "type": "PLA", "color": "#00AE42", "used_g": 14.22, "used_m": 4.77, "tray_info_idx": "GFA00", "profile": "Bambu PLA Basic @BBL X1C", "group_ids": [0]}], "objects": [{"id": 210, "name": "Gear 2", "skipped": false}, {"id": 232, "name": "Star 2", "skipped": false}], "object_count": 2, "total_layers": 60, "height_mm": 12.0, "bed_type": "Textured PEI Plate", "support_used": false, "thumbnail": "Metadata/plate_2.png"}');
INSERT INTO "archive_plates" VALUES('01M81DZPYBHFRN0R958RDW2EPT',1,'Knob 1',1,1345,15.35,'{"number": 1, "name": "Knob 1", "printable": true, "print_time_s": 1345, "filament_g": 15.35, "filament_m": 5.15, "filaments": [{"slot": 1, "type": "PLA", "color": "#00AE42", "used_g": 15.35, "used_m": 5.15, "tray_info_idx": "GFA00", "profile": "Bambu PLA Basic @BBL X1C", "group_ids": [0]}], "objects": [{"id": 110, "name": "Knob 1", "skipped": false}, {"id": 132, "name": "Gear 1", "skipped": false}], "object_count": 2, "total_layers": 60, "height_mm": 12.0, "bed_type": "Textured PEI Plate", "support_used": false, "thumbnail": "Metadata/plate_1.png"}');
CREATE TABLE archive_tags (
	archive_id VARCHAR(26) NOT NULL, 
	tag_key TEXT NOT NULL, 
	tag TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	PRIMARY KEY (archive_id, tag_key), 
	FOREIGN KEY(archive_id) REFERENCES archives (id) ON DELETE CASCADE
);
INSERT INTO "archive_tags" VALUES('01M81DZPXET4DKWAV4GYFRFNEK','gift','Gift',0);
INSERT INTO "archive_tags" VALUES('01M81DZPXET4DKWAV4GYFRFNEK','petg','PETG',1);
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
	notes TEXT NOT NULL, 
	favourite BOOLEAN NOT NULL, 
	project TEXT NOT NULL, 
	facts JSON NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "archives" VALUES('01M81DZPXET4DKWAV4GYFRFNEK','Kept.gcode.3mf','Kept.gcode.3mf','Gear and star',803267,'60b1995008c4379783610fc0dd924c0c557bb10032e3d080b3963b8c6c8d132d','192.0.2.7',1,'2026-11-22 10:49:14.930282','p1','Demo P1S','C12','immediate','gear and star','gear and star
kept
demo designer
bambu lab p1s
pla
xmas
gift
petg
prints well','2026-11','2026-11-22 10:49:14.940372',NULL,0,'Gear and star','Demo Designer','1234567','Bambu Lab P1S','C12',2,2623,29.57,'PLA','#00AE42','prints well',1,'Xmas','{"title": "Gear and star", "designer": "Demo Designer", "makerworld_id": "1234567", "slicer": "bambu_studio", "slicer_version": "02.07.01.57", "printer_model": "Bambu Lab P1S", "printer_model_id": "C12", "printer_profile": "Bambu Lab P1S 0.4 nozzle", "print_profile": "0.20mm Standard @BBL X1C", "nozzle_diameters_mm": [0.4], "layer_height_mm": 0.2, "bed_type": "Textured PEI Plate", "bed_temperature_c": 55, "bed_temperature_initial_layer_c": 55, "nozzle_temperature_c": 220, "nozzle_temperature_initial_layer_c": 220}');
INSERT INTO "archives" VALUES('01M81DZPYBHFRN0R958RDW2EPT','Deleted.gcode.3mf','Deleted.gcode.3mf','Gear and star',406170,'760f391bd7d3f5c1bbc8e34556530cc391b379e10c82492a65463f26372107dd','192.0.2.7',1,'2026-11-22 10:49:14.957001','p1','Demo P1S','C12','immediate','gear and star','gear and star
deleted
demo designer
bambu lab p1s
pla','2026-11','2026-11-22 10:49:14.962088','2026-11-22 10:49:14.963985',0,'Gear and star','Demo Designer','1234567','Bambu Lab P1S','C12',1,1345,15.35,'PLA','#00AE42','',0,'','{"title": "Gear and star", "designer": "Demo Designer", "makerworld_id": "1234567", "slicer": "bambu_studio", "slicer_version": "02.07.01.57", "printer_model": "Bambu Lab P1S", "printer_model_id": "C12", "printer_profile": "Bambu Lab P1S 0.4 nozzle", "print_profile": "0.20mm Standard @BBL X1C", "nozzle_diameters_mm": [0.4], "layer_height_mm": 0.2, "bed_type": "Textured PEI Plate", "bed_temperature_c": 55, "bed_temperature_initial_layer_c": 55, "nozzle_temperature_c": 220, "nozzle_temperature_initial_layer_c": 220}');
CREATE TABLE schema_version (
	version INTEGER NOT NULL
);
INSERT INTO "schema_version" VALUES(1);
CREATE TABLE serial_suffixes (
	suffix TEXT NOT NULL, 
	issued_at DATETIME NOT NULL, 
	PRIMARY KEY (suffix)
);
INSERT INTO "serial_suffixes" VALUES('123456789','2026-11-22 10:49:14.979082');
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
	PRIMARY KEY (id)
);
INSERT INTO "uploads" VALUES('01M81DZPXET4DKWAV4GYFRFNEK','Kept.gcode.3mf','Kept.gcode.3mf','Gear and star',803267,'60b1995008c4379783610fc0dd924c0c557bb10032e3d080b3963b8c6c8d132d','192.0.2.7',1,'2026-11-22 10:49:14.930282','p1','Demo P1S','C12','immediate','archived','',1,'{"file": "Cube.gcode.3mf", "subtask_name": "Cube", "plate": 2, "peer": "192.0.2.7", "received_at": "2026-11-22T10:00:05+00:00", "md5": "927FEC3544552583A299A88CF1E647AD", "bed_type": "textured_plate", "timelapse": false, "vibration_cali": null, "layer_inspect": null, "use_ams": true, "bed_leveling": 2, "flow_cali": null, "nozzle_offset_cali": null, "ams_mapping": [0, -1, -1], "ams_mapping2": [{"ams_id": 0, "slot_id": 0}, {"ams_id": 255, "slot_id": 255}], "nozzle_mapping": null}',NULL);
INSERT INTO "uploads" VALUES('01M81DZPYBHFRN0R958RDW2EPT','Deleted.gcode.3mf','Deleted.gcode.3mf','Gear and star',406170,'760f391bd7d3f5c1bbc8e34556530cc391b379e10c82492a65463f26372107dd','192.0.2.7',1,'2026-11-22 10:49:14.957001','p1','Demo P1S','C12','immediate','archived','',0,NULL,NULL);
INSERT INTO "uploads" VALUES('01M81DZPYQRRSZE0E0HH36T4NB','Held.gcode.3mf','Held.gcode.3mf','Gear and star',406170,'760f391bd7d3f5c1bbc8e34556530cc391b379e10c82492a65463f26372107dd','192.0.2.7',1,'2026-11-22 10:49:14.968517','p2','Kids'' A1','N2S','review','pending','',1,NULL,'{"plates": [{"number": 1, "name": "Knob 1", "printable": true, "print_time_s": 1345, "filament_g": 15.35, "filament_m": 5.15, "filaments": [{"slot": 1, "type": "PLA", "color": "#00AE42", "used_g": 15.35, "used_m": 5.15, "tray_info_idx": "GFA00", "profile": "Bambu PLA Basic @BBL X1C", "group_ids": [0]}], "objects": [{"id": 110, "name": "Knob 1", "skipped": false}, {"id": 132, "name": "Gear 1", "skipped": false}], "object_count": 2, "total_layers": 60, "height_mm": 12.0, "bed_type": "Textured PEI Plate", "support_used": false, "thumbnail": "Metadata/plate_1.png"}], "title": "Gear and star", "designer": "Demo Designer", "makerworld_id": "1234567", "slicer": "bambu_studio", "slicer_version": "02.07.01.57", "printer_model": "Bambu Lab P1S", "printer_model_id": "C12", "printer_profile": "Bambu Lab P1S 0.4 nozzle", "print_profile": "0.20mm Standard @BBL X1C", "nozzle_diameters_mm": [0.4], "layer_height_mm": 0.2, "bed_type": "Textured PEI Plate", "bed_temperature_c": 55, "bed_temperature_initial_layer_c": 55, "nozzle_temperature_c": 220, "nozzle_temperature_initial_layer_c": 220}');
INSERT INTO "uploads" VALUES('01M81DZPYX2WNWPSCB5703AHF2','Broken.3mf','Broken.3mf','Broken',6,'0a85e2768edd3fa10386bf53cf917b0e1ad30e662cd87966d51fef5ca10ed42d','192.0.2.7',1,'2026-11-22 10:49:14.974624','p2','Kids'' A1','N2S','review','pending','The file is not a ZIP, or a damaged one.',1,NULL,NULL);
CREATE INDEX uploads_by_printer ON uploads (printer_id, id);
CREATE INDEX uploads_card_times ON uploads (printer_id, received_at) WHERE on_card IS 1;
CREATE INDEX uploads_by_state ON uploads (state, id);
CREATE INDEX uploads_card_names ON uploads (printer_id, upload_name) WHERE on_card IS 1;
CREATE INDEX archives_deleted ON archives (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX archives_newest ON archives (id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX archives_texts ON archives (id, search_text, sort_name, print_time_s, filament_g, size_bytes, received_at, printer_id, sliced_for, favourite, project, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX archives_by_content ON archives (sha256, id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX archives_by_printer ON archives (printer_id, id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX archives_by_time ON archives (received_at, id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX archives_by_month ON archives (month, printer_id, printer_name, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX archives_by_print_time ON archives (print_time_s, id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX archives_by_name ON archives (sort_name, id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX archives_totals ON archives (size_bytes, filament_g, print_time_s, deleted_at);
CREATE INDEX archives_favourites ON archives (favourite, id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX archives_by_model ON archives (sliced_for, id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX archives_by_size ON archives (size_bytes, id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX archives_by_project ON archives (project, id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX archives_by_filament ON archives (filament_g, id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX archive_tags_by_key ON archive_tags (tag_key, archive_id);
COMMIT;

