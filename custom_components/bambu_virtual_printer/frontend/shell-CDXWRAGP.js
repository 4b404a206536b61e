import{S as e,_ as t,a as n,g as r,h as i,i as a,l as o,m as s,o as c,p as l,r as u,s as d,u as f,y as p}from"./element-D4GfWBqq.js";import{n as ee,r as te,t as m}from"./app-Dv0Qy-Cc.js";import{t as h}from"./menu-Cs69dw1d.js";import{n as g,t as _}from"./progress-Bsx7-Imy.js";import{a as v,n as y,o as b,r as x}from"./router-B6IGPvVt.js";import{t as S}from"./preload-helper-BQUUbbNx.js";var C=`bambu_virtual_printer`,w=class{constructor(e){this.hass=e,this.upload=e=>this.do(`upload/get`,{upload_id:e}),this.editUpload=(e,t)=>this.do(`upload/edit`,{upload_id:e,...t}),this.decide=(e,t,n={})=>this.do(`upload/decide`,{upload_ids:e,verb:t,...n}),this.undo=e=>this.do(`undo`,{ids:e}),this.archives=e=>this.do(`archive/list`,e),this.archive=e=>this.do(`archive/get`,{archive_id:e}),this.updateArchives=(e,t)=>this.do(`archive/update`,{archive_ids:e,...t}),this.deleteArchives=(e,t=!1)=>this.do(`archive/delete`,{archive_ids:e,...t?{purge:t}:{}}),this.queueArchive=(e,t={})=>this.do(`archive/queue`,{archive_id:e,...t}),this.removePhoto=(e,t)=>this.do(`archive/remove_photo`,{archive_id:e,photo_id:t}),this.job=e=>this.do(`job/get`,{job_id:e}),this.history=(e,t)=>this.do(`job/history`,{limit:e,...t?{cursor:t}:{}}),this.editJob=(e,t)=>this.do(`job/edit`,{job_id:e,...t}),this.moveJob=(e,t)=>this.do(`job/move`,{job_id:e,after_id:t}),this.doJobs=(e,t,n={})=>this.do(`job/verb`,{job_ids:e,verb:t,...n}),this.answer=(e,t)=>this.do(`job/answer`,{job_id:e,answer:t}),this.connection=e=>this.do(`printer/connection`,{printer_id:e}),this.secret=e=>this.do(`printer/secret`,{printer_id:e}),this.check=e=>this.do(`printer/check`,{printer_id:e}),this.setPrinter=(e,t)=>this.do(`printer/set`,{printer_id:e,...t}),this.clearPlate=e=>this.do(`printer/clear_plate`,{printer_id:e}),this.connect=(e,t)=>this.hass().connection.subscribeMessage(t,{type:`${C}/printer/connect`,printer_id:e}),this.trustCommands=()=>this.do(`trust/commands`),this.stats=(e,t,n)=>this.do(`stats`,{by:e,...t?{from:t}:{},...n?{to:n}:{}}),this.addPhoto=async(e,t)=>{let n=await this.hass().fetchWithAuth(`/api/${C}/archives/${encodeURIComponent(e)}/photos`,{method:`POST`,body:t,headers:{"Content-Type":t.type}});if(!n.ok)throw await n.json()}}do(e,t={}){return this.hass().callWS({type:`${C}/${e}`,...t})}},T={comma_decimal:[`en-US`,`en`],decimal_comma:[`de`,`es`,`it`],space_comma:[`fr`,`sv`,`cs`],quote_decimal:[`de-CH`],system:void 0},E=60,D=3600,O=86400,k=28.349523125,A=class{constructor(e,t,n){this.locale=e,this.config=t,this.currency=n,this.zone=e.time_zone===`server`?t.time_zone:void 0,this.numberLanguage=e.number_format in T?T[e.number_format]:e.number_format===`none`?`en-US`:e.language,this.hour12=e.time_format===`12`||e.time_format!==`24`&&void 0}number(e,t=0,n={}){return new Intl.NumberFormat(this.numberLanguage,{maximumFractionDigits:t,useGrouping:this.locale.number_format!==`none`,...n}).format(e)}unit(e,t,n=0){let r=new Intl.NumberFormat(this.locale.language,{style:`unit`,unit:t,unitDisplay:`short`,maximumFractionDigits:n}).formatToParts(e),i=this.number(e,n),a=!1;return r.map(e=>e.type===`unit`||e.type===`literal`?e.value:a?``:(a=!0,i)).join(``)}percent(e){return this.number(e/100,0,{style:`percent`})}duration(e){let t=Math.round(e/E);if(t===0&&e>0)return this.unit(Math.round(e),`second`);let n=Math.floor(t/60);if(n===0)return this.unit(t,`minute`);let r=t%60;return r===0?this.unit(n,`hour`):`${this.unit(n,`hour`)} ${this.unit(r,`minute`)}`}weight(e){if(this.config.unit_system.mass===`lb`){let t=e/k;return t>=32?this.unit(t/16,`pound`,2):this.unit(t,`ounce`,+(t<10))}return e>=1e3?this.unit(e/1e3,`kilogram`,2):this.unit(e,`gram`,+(e<10))}money(e){return this.currency?this.number(e,2,{style:`currency`,currency:this.currency,minimumFractionDigits:void 0,maximumFractionDigits:void 0}):this.number(e,2)}bytes(e){let t=[`byte`,`kilobyte`,`megabyte`,`gigabyte`,`terabyte`],n=0,r=e;for(;r>=1e3&&n<t.length-1;)r/=1e3,n++;return this.unit(r,t[n],+(n>0&&r<100))}speed(e){return`${this.bytes(e)}/s`}celsius(e){return this.unit(Math.round(e),`celsius`)}time(e){return this.clock({hour:`numeric`,minute:`2-digit`}).format(new Date(e))}date(e){let t=new Date(e),n=t.getFullYear()===new Date().getFullYear(),r=this.locale.date_format;return r===`DMY`||r===`MDY`||r===`YMD`?this.numericDate(t,r):new Intl.DateTimeFormat(r===`system`?void 0:this.locale.language,{timeZone:this.zone,day:`numeric`,month:`short`,...n?{}:{year:`numeric`}}).format(t)}month(e){return new Intl.DateTimeFormat(this.locale.language,{timeZone:this.zone,month:`short`,year:`2-digit`}).format(new Date(e))}numericDate(e,t){let n=new Intl.DateTimeFormat(this.locale.language,{timeZone:this.zone,day:`numeric`,month:`numeric`,year:`numeric`}).formatToParts(e),r=n.find(e=>e.type===`literal`)?.value??`/`,i=e=>n.find(t=>t.type===e)?.value??``,a={D:`day`,M:`month`,Y:`year`};return[...t].map(e=>i(a[e])).join(r)}moment(e){let t=new Date(e);return this.isToday(t)?this.time(t):`${this.date(t)}, ${this.time(t)}`}isToday(e){let t=new Intl.DateTimeFormat(`en-CA`,{timeZone:this.zone});return t.format(e)===t.format(new Date)}ago(e,t=Date.now()){let n=(new Date(e).getTime()-t)/1e3,r=Math.abs(n);if(r>=7*O)return this.date(e);let i=new Intl.RelativeTimeFormat(this.locale.language,{numeric:`auto`});return r<E?i.format(0,`second`):r<D?i.format(Math.trunc(n/E),`minute`):r<O?i.format(Math.trunc(n/D),`hour`):i.format(Math.trunc(n/O),`day`)}list(e){return new Intl.ListFormat(this.locale.language,{type:`unit`,style:`short`}).format(e)}clock(e){return new Intl.DateTimeFormat(this.locale.time_format===`system`?void 0:this.locale.language,{timeZone:this.zone,hour12:this.hour12,...e})}},j={"archive.empty":`No file matches.`,"common.back":`Back`,"common.cancel":`Cancel`,"common.close":`Close`,"common.copy_link":`Copy link`,"common.download":`Download`,"common.link_copied":`The link is on the clipboard.`,"common.more":`More`,"common.save":`Save`,"common.select":`Select`,"common.select_all":`Select all`,"common.select_none":`Select none`,"common.show":`Show`,"common.undo":`Undo`,"connection.lost":`The connection to Home Assistant is lost. What you see may be old.`,"decided.already":`Somebody has decided that already.`,"decided.archive_one":`{name} was archived.`,"decided.archive_other":`{count} files were archived.`,"decided.discard_one":`{name} was discarded.`,"decided.discard_other":`{count} files were discarded.`,"decided.queue_one":`{name} was queued.`,"decided.queue_other":`{count} files were queued.`,"decided.send_back_one":`{name} was sent back.`,"decided.send_back_other":`{count} files were sent back.`,"discard.text":`It is deleted for good.`,"discard.title":`Discard {name}?`,"error.not_found":`That is no longer there.`,"error.not_loaded":`Bambu Virtual Printer is not running.`,"error.open_integration":`Open integration`,"error.unauthorized":`Only administrators may do that.`,"error.unknown":`That did not work. Home Assistant's log says why.`,"fact.cost":`Cost`,"fact.favourite":`Favorite`,"fact.filament":`Filaments`,"fact.layer_height":`Layer height`,"fact.millimetres":`{millimetres} mm`,"fact.plates_name":`Plates`,"fact.plates_one":`{count} plate`,"fact.plates_other":`{count} plates`,"fact.size":`File size`,"fact.time":`Print time`,"fact.weight":`Filament`,"inbox.empty":`Nothing is waiting.`,"inbox.empty_send":`Nothing is waiting. Press Send in the slicer and choose {printer}.`,"inbox.files_one":`{count} file`,"inbox.files_other":`{count} files`,"inbox.goes_to":`Queue for: {target}`,"inbox.gone":`This file is no longer waiting.`,"inbox.more":`There are more. They show when these are decided.`,"inbox.no_printer":`There is no virtual printer yet. Add one, and slicers on your network will find it.`,"inbox.nobody_asks":`Nothing is waiting. No printer asks before it archives.`,"inbox.print_requested":`To be printed`,"inbox.sent_by":`Sent to {printer} by {source}`,"inbox.sliced_for":`Sliced for {model}`,"inbox.title_one":`{count} file is waiting for you`,"inbox.title_other":`{count} files are waiting for you`,"inbox.to_printers":`To the printers`,"inbox.uploaded":`Uploaded for {printer}`,"inbox.wrong_model":`Sliced for another model`,"known.archived":`Already in the archive`,"known.failed":`Failed before: {reason}`,"known.printed_one":`Printed once, on {date}`,"known.printed_other":`Printed {count} times, last on {date}`,"notes.link":`Link`,"notes.name":`Name`,"notes.notes":`Notes`,"notes.project":`Project`,"notes.tags":`Tags`,"notes.tags_help":`Separated by commas`,"notes.title":`Edit details`,"option.as_sliced":`As sliced`,"option.auto":`Automatic`,"option.bed_leveling":`Bed leveling`,"option.flow_cali":`Flow calibration`,"option.layer_inspect":`First layer inspection`,"option.nozzle_offset_cali":`Nozzle offset calibration`,"option.off":`Off`,"option.on":`On`,"option.timelapse":`Timelapse`,"option.use_ams":`Use the AMS`,"option.vibration_cali":`Vibration calibration`,"plate.next":`Next plate`,"plate.number":`Plate {plate} of {plates}`,"plate.of":`Plate {plate} of {name}`,"plate.previous":`Previous plate`,"printers.add_proxy":`Add proxy`,"printers.add_real":`Add real printer`,"printers.add_virtual":`Add virtual printer`,"printers.address":`IP address`,"printers.address_copy":`Copy IP address`,"printers.availability_certificate_changed":`Certificate changed`,"printers.availability_connecting":`Connecting`,"printers.availability_lan_access_off":`LAN access off`,"printers.availability_no_news":`No report`,"printers.availability_offline":`Offline`,"printers.availability_silent":`Silent`,"printers.availability_too_many_clients":`Too many connections`,"printers.availability_untrusted":`Certificate not confirmed`,"printers.availability_wrong_code":`Wrong access code`,"printers.availability_wrong_serial":`Another printer answers`,"printers.bed":`Bed`,"printers.by_hand":`Prints by hand`,"printers.chamber":`Chamber`,"printers.check":`Check setup`,"printers.check_again":`Check again`,"printers.check_bad_one":`{count} check needs attention, {time}`,"printers.check_bad_other":`{count} checks need attention, {time}`,"printers.check_good_one":`{count} check passed, {time}`,"printers.check_good_other":`All {count} checks passed, {time}`,"printers.check_heading":`Setup check of {printer}`,"printers.check_running":`Checking…`,"printers.code":`Access code`,"printers.code_copy":`Copy access code`,"printers.code_hidden":`Hidden`,"printers.code_hide":`Hide access code`,"printers.code_show":`Show access code`,"printers.connect":`Connect a slicer`,"printers.connect_choose":`Choose the printer in the slicer`,"printers.connect_choose_how":`Restart the slicer, open the list of printers, choose this one, and enter its access code.`,"printers.connect_connected":`{client} is connected.`,"printers.connect_copy":`Copy command`,"printers.connect_heading":`Connect a slicer to {printer}`,"printers.connect_not_trusted":`{client} does not trust the certificate. Run the command there, then restart the slicer.`,"printers.connect_system":`Operating system`,"printers.connect_trust":`Make the computer trust your printers`,"printers.connect_wait":`Wait for the slicer`,"printers.connect_waiting":`Waiting for a slicer to connect to {printer}…`,"printers.connect_where_linux":`Run this in a terminal on the computer with the slicer.`,"printers.connect_where_macos":`Run this in Terminal on the computer with the slicer.`,"printers.connect_where_windows":`Run this in PowerShell on the computer with the slicer.`,"printers.connect_wrong_code":`{client} used a wrong access code.`,"printers.copied":`Copied`,"printers.done_at":`done at {time}`,"printers.empty":`There is no printer yet.`,"printers.enabled":`{printer} is on`,"printers.error_help":`Help`,"printers.errors":`Errors`,"printers.failure":`The printer cannot start. Check setup says why.`,"printers.free_from":`free from {time}`,"printers.last_upload":`{ago}, from {ip}`,"printers.layer":`layer {layer} of {layers}`,"printers.left":`{time} left`,"printers.mode":`Mode`,"printers.mode_immediate":`Immediate`,"printers.mode_queue":`Queue`,"printers.mode_review":`Review`,"printers.name":`Name`,"printers.none_real":`Add the printers that stand in your home to print from the queue.`,"printers.none_virtual":`Add a virtual printer to send files from a slicer.`,"printers.not_copied":`The browser does not allow copying here.`,"printers.nozzle":`Nozzle`,"printers.outcome_ok":`Passed`,"printers.outcome_problem":`Failed`,"printers.outcome_warning":`Warning`,"printers.phase_failed":`Failed`,"printers.phase_finish":`Finished`,"printers.phase_idle":`Idle`,"printers.phase_pause":`Paused`,"printers.phase_prepare":`Preparing`,"printers.phase_running":`Printing`,"printers.phase_slicing":`Preparing`,"printers.phase_unknown":`Unknown`,"printers.plate_cleared":`Plate cleared`,"printers.plate_occupied":`The plate is not cleared`,"printers.proxies":`Proxies`,"printers.queued_none":`No jobs in the queue`,"printers.queued_one":`{count} job in the queue`,"printers.queued_other":`{count} jobs in the queue`,"printers.real":`Real printers`,"printers.sending":`Sending the file`,"printers.serial":`Serial number`,"printers.settings":`Settings of {printer}`,"printers.slicers":`Slicers`,"printers.slicers_none":`None connected`,"printers.spool_active":`in use`,"printers.spools":`Filaments`,"printers.status_off":`Off`,"printers.status_problem":`Problem`,"printers.status_running":`Running`,"printers.target":`Real printer`,"printers.target_gone":`Removed`,"printers.temperature_target":`{now} of {target}`,"printers.unnamed_print":`Unnamed print`,"printers.virtual":`Virtual printers`,"queue.again":`Print again`,"queue.again_heading":`Put it back in line?`,"queue.again_no":`No`,"queue.again_text":`{name} is noted as failed.`,"queue.again_yes":`Put back in line`,"queue.answer_cancelled":`It was cancelled`,"queue.answer_failed":`It failed`,"queue.answer_finished":`It was printed`,"queue.answer_not_started":`It did not start`,"queue.answer_started":`It started`,"queue.came_by":`Came by`,"queue.copies":`Copies`,"queue.copies_fewer":`One copy fewer`,"queue.copies_more":`One copy more`,"queue.copies_printed":`{printed} of {copies} printed`,"queue.copy_printed":`{name}: {printed} of {copies} copies printed.`,"queue.cost":`Cost`,"queue.done_at":`done about {time}`,"queue.download":`Download 3MF`,"queue.due":`Due`,"queue.due_at":`Due {time}`,"queue.edit":`Edit…`,"queue.edit_heading":`Edit {name}`,"queue.empty":`The queue is empty.`,"queue.empty_filter":`Nothing is queued for this printer.`,"queue.ends_at":`done about {time}`,"queue.expected_end":`Expected end`,"queue.expected_start":`Expected start`,"queue.fail_heading":`What went wrong with {name}?`,"queue.filter":`Printer`,"queue.filter_all":`All printers`,"queue.finished":`Finished`,"queue.from_archive":`From the archive`,"queue.handle":`Move {name}`,"queue.handle_hint":`Drag to move. With the keyboard: Space, arrow keys, Space.`,"queue.hide_plates":`Hide the plates of {name}`,"queue.history_more":`Show more`,"queue.jobs_one":`{count} job`,"queue.jobs_other":`{count} jobs`,"queue.layer":`Layer {layer} of {layers}`,"queue.layers":`Layers`,"queue.left":`{time} left`,"queue.more":`More for {name}`,"queue.moved":`{name}, {place} of {count}`,"queue.not_before":`Not before`,"queue.open_archive":`Open in the archive`,"queue.picked_up":`{name} is picked up, {place} of {count}. Move it with the arrow keys.`,"queue.picture":`Plate {plate} of {name}`,"queue.plate":`Plate {plate}`,"queue.plate_title":`{name} – plate {plate}`,"queue.plates":`Plates`,"queue.priority":`Priority`,"queue.priority_high":`High priority`,"queue.priority_low":`Low priority`,"queue.priority_normal":`Normal priority`,"queue.put_down":`Nothing was moved.`,"queue.question":`Needs an answer`,"queue.question_did_it_start":`Did it start on {printer}? Home Assistant could not see it.`,"queue.question_how_did_it_end":`How did it end on {printer}? Home Assistant could not see it.`,"queue.reason":`Reason`,"queue.reason_bed":`Came off the bed`,"queue.reason_clogged":`Clogged nozzle`,"queue.reason_filament":`Wrong filament`,"queue.reason_other":`Another reason`,"queue.reason_power":`Power cut`,"queue.reason_spaghetti":`Spaghetti`,"queue.retry_all":`Retry all`,"queue.save":`Save`,"queue.section_failed":`Failed`,"queue.section_history":`History`,"queue.section_later":`Later`,"queue.section_line":`In line`,"queue.section_now":`Now`,"queue.section_waiting":`Cannot begin yet`,"queue.show_plates":`Show the plates of {name}`,"queue.started":`Started`,"queue.stop_heading":`Stop {name}?`,"queue.stop_no":`Keep printing`,"queue.stop_text":`{printer} stops, and what is printed so far is lost.`,"queue.target":`Print on`,"queue.target_unfit":`{target} (sliced for {model})`,"queue.time":`Print time`,"queue.to_bottom":`Move to the bottom`,"queue.to_top":`Move to the top`,"queue.verb_cancel":`Cancel`,"queue.verb_complete":`Printed`,"queue.verb_fail":`Failed`,"queue.verb_hold":`Hold`,"queue.verb_pause":`Pause`,"queue.verb_put_back":`Put back`,"queue.verb_release":`Release`,"queue.verb_resume":`Resume`,"queue.verb_retry":`Retry`,"queue.verb_start":`Start`,"queue.verb_stop":`Stop printing`,"queue.was_cancelled":`{name} was cancelled.`,"queue.was_printed":`{name} is printed.`,"queue.was_retried":`{name} is in line again.`,"queue.weight":`Filament`,"queue.were_cancelled_one":`{count} job was cancelled.`,"queue.were_cancelled_other":`{count} jobs were cancelled.`,"queue.were_printed_one":`{count} job is printed.`,"queue.were_printed_other":`{count} jobs are printed.`,"queue.were_retried_one":`{count} job is in line again.`,"queue.were_retried_other":`{count} jobs are in line again.`,"queue_dialog.copies":`Copies`,"queue_dialog.due":`Due`,"queue_dialog.fewer":`Fewer`,"queue_dialog.jobs_one":`{count} job`,"queue_dialog.jobs_other":`{count} jobs`,"queue_dialog.more":`More`,"queue_dialog.options":`Print options`,"queue_dialog.place":`Where`,"queue_dialog.place_end":`At the end`,"queue_dialog.place_next":`Next`,"queue_dialog.plates":`Plates`,"queue_dialog.queue_one":`Queue {count} job`,"queue_dialog.queue_other":`Queue {count} jobs`,"queue_dialog.sliced_for":`Sliced for {model}`,"queue_dialog.target":`Print on`,"queue_dialog.title":`Queue {name}`,"queue_dialog.when":`When`,"queue_dialog.when_hold":`On hold`,"queue_dialog.when_later":`Not before…`,"queue_dialog.when_now":`Now`,"send_back.note":`Note`,"send_back.text":`The file goes away, and the note stays for whoever sent it.`,"send_back.title":`Send back {name}`,"stats.archived":`In the archive`,"stats.archived_size_one":`{count} file, {size}`,"stats.archived_size_other":`{count} files, {size}`,"stats.by_day":`Day`,"stats.by_month":`Month`,"stats.by_week":`Week of`,"stats.chart":`Chart: {what}. The table below has the same numbers.`,"stats.cost":`Cost`,"stats.disk":`Free on the disk`,"stats.disk_low":`Free on the disk: too little`,"stats.empty":`Nothing was archived or printed yet.`,"stats.failed":`Failed`,"stats.filament_g":`Filament`,"stats.files":`Files received`,"stats.last_day":`12 days`,"stats.last_month":`12 months`,"stats.last_week":`12 weeks`,"stats.none_of_materials":`Unknown`,"stats.none_of_printers":`Printed by hand`,"stats.none_of_projects":`No project`,"stats.of_materials":`By material`,"stats.of_printers":`By printer`,"stats.of_projects":`By project`,"stats.one_of_materials":`Material`,"stats.one_of_printers":`Printer`,"stats.one_of_projects":`Project`,"stats.period":`Period`,"stats.print_time_s":`Print time`,"stats.prints":`Prints`,"stats.success":`Successful`,"stats.table":`Show as a table`,"stats.what":`What to show`,"tab.archive":`Archive`,"tab.inbox":`Inbox`,"tab.printers":`Printers`,"tab.queue":`Queue`,"tab.stats":`Stats`,"target.any":`Any {model}`,"target.later":`Decide later`,title:`3D prints`,"transfer.progress":`{received} of {total}`,"transfer.receiving":`Receiving {name}`,"transfer.receiving_unnamed":`Receiving a file`,"transfer.sending":`Sending {name}`,"upload.button":`Upload`,"upload.done_archive_one":`{count} file was archived.`,"upload.done_archive_other":`{count} files were archived.`,"upload.done_printer_one":`{count} file was received by {printer}.`,"upload.done_printer_other":`{count} files were received by {printer}.`,"upload.drop":`Drop sliced files here`,"upload.failed":`{name} was not taken: {reason}`,"upload.to_archive":`Into the archive`,"verb.archive":`Archive`,"verb.discard":`Discard`,"verb.queue":`Queue`,"verb.queue_dots":`Queue with options`,"verb.send_back":`Send back`,"verb.send_back_dots":`Send back with a note`},M=`bambu_virtual_printer`,N=Object.assign({});function P(e,t){let n=t.find(t=>t.toLowerCase()===e.toLowerCase());if(n)return n;let r=e.split(`-`)[0].toLowerCase();return t.find(e=>e.toLowerCase()===r)??t.find(e=>e.split(`-`)[0].toLowerCase()===r)??null}async function F(e){let t=new Map(Object.keys(N).map(e=>[e.replace(/^.*\/(.*)\.json$/,`$1`),e])),n=P(e,[`en`,...t.keys()]),r=n===null?void 0:t.get(n);if(!r)return j;try{return{...j,...(await N[r]()).default}}catch{return j}}var I=j;function L(e,t,n,r,i={}){let a=e[r];return typeof i.count==`number`&&(a=e[`${r}_${new Intl.PluralRules(t).select(i.count)}`]??e[`${r}_other`]??a),R(a??r,e=>{let t=i[e];return typeof t==`number`?n.number(t,2):t})}function R(e,t){return e.replace(/\{(\w+)\}/g,(e,n)=>t(n)??e)}var z=class e{constructor(e,t,n){this.resources=e,this.language=t,this.format=n}static none(t,n){return new e({},t,n)}static async load(t,n,r){let i=await Promise.all([`common`,`exceptions`].map(e=>t.callWS({type:`frontend/get_translations`,language:n,category:e,integration:[M]}).then(e=>e.resources).catch(()=>({}))));return new e(Object.assign({},...i),n,r)}with(t){return new e(this.resources,this.language,t)}say(e){let t=`component.${M}.common.${e.text_key}`,n=this.resources[t];if(typeof e.count==`number`){let r=new Intl.PluralRules(this.language).select(e.count);n=this.resources[`${t}_${r}`]??this.resources[`${t}_other`]??n}if(n===void 0)return Object.keys(this.resources).length?e.text_key:``;let r=typeof e.count==`number`?{count:e.count,...e.values}:e.values;return R(n,e=>{let t=r[e];return t==null?void 0:this.value(t)})}value(e){return typeof e==`string`?e:typeof e==`number`?this.format.number(e,2):Array.isArray(e)?e.map(e=>this.say(e)).join(`; `):`time`in e?this.format.moment(e.time):this.say(e)}error(e){if(e?.translation_key){let t=e.translation_domain??M,n=this.resources[`component.${t}.exceptions.${e.translation_key}.message`];if(n)return R(n,t=>e.translation_placeholders?.[t]??void 0)}return null}},B={connection:`connecting`,available:null,inbox:[],queue:[],printers:[],uploads:[],inbox_more:!1,stats:null,forecast:{done_at:null,free_from:{}},targets:[],options:{currency:``,undo_minutes:0,pending_modes:!1}},V=[`inbox`,`queue`,`printers`,`uploads`],H=[`inbox_more`,`stats`,`forecast`,`targets`,`options`];function U(e,t){let n={...B,connection:`live`,available:t.available};t.available||(n.options=e.options);for(let e of[...V,...H])t[e]!==void 0&&(n[e]=t[e]);return n}function W(e,t){return t.changes.reduce(G,e)}function G(e,t){if(t.op===`set`)return{...e,[t.topic]:t.value};let n=e[t.topic];return{...e,[t.topic]:K(n,t)}}function K(e,t){switch(t.op){case`remove`:return e.filter(e=>e.id!==t.id);case`upsert`:{let n=e.findIndex(e=>e.id===t.item.id);return n<0?[...e,t.item]:e.with(n,t.item)}case`order`:{let n=new Map(e.map(e=>[e.id,e]));return t.ids.flatMap(e=>n.get(e)??[])}}}var q=class{constructor(e){this.topics=e,this.known=B,this.guesses=[],this.shown=B,this.listeners=new Set,this.rev=0,this.token=``,this.round=0,this.onDisconnected=()=>{this.known={...this.known,connection:`lost`},this.show()}}get state(){return this.shown}listen(e){return this.listeners.add(e),()=>this.listeners.delete(e)}start(e){this.connection!==e&&(this.stop(),this.connection=e,e.addEventListener(`disconnected`,this.onDisconnected),this.subscribe())}stop(){this.connection?.removeEventListener(`disconnected`,this.onDisconnected),this.endSubscription(),this.connection=void 0}guess(e,t){this.guesses=[...this.guesses,e],this.show();let n=()=>{this.guesses=this.guesses.filter(t=>t!==e),this.show()};t.then(()=>setTimeout(n,1500),n)}subscribe(){let e=this.connection;if(!e)return;let t=++this.round;this.unsubscribe=e.subscribeMessage(e=>{t===this.round&&this.take(e)},{type:`bambu_virtual_printer/subscribe`,...this.topics?{topics:this.topics}:{}}),this.unsubscribe.catch(()=>{t===this.round&&(this.known={...B,connection:`live`,available:!1},this.show(),setTimeout(()=>t===this.round&&this.subscribe(),5e3))})}endSubscription(){this.round++,this.unsubscribe?.then(e=>e()).catch(()=>void 0),this.unsubscribe=void 0}take(e){if(e.type===`snapshot`)this.token=e.subscription,this.known=U(this.known,e);else if(e.rev===this.rev+1)this.known=W(this.known,e);else{this.endSubscription(),this.subscribe();return}this.rev=e.rev,e.type===`delta`&&e.ack&&this.acknowledge(e.rev),this.show()}acknowledge(e){this.connection?.sendMessagePromise?.({type:`bambu_virtual_printer/ack`,subscription:this.token,rev:e}).catch(()=>void 0)}show(){this.shown=this.guesses.reduce((e,t)=>t(e),this.known);for(let e of[...this.listeners])e()}};async function J(e,t,n,r){let i=0;for(let a of n){let n=new URLSearchParams({name:a.name,...r?{printer_id:r}:{}});try{let e=await t.fetchWithAuth(`/api/bambu_virtual_printer/upload?${n}`,{method:`POST`,body:a,headers:{"Content-Type":`application/octet-stream`}});if(!e.ok)throw await e.json();i++}catch(t){e.toast({message:e.t(`upload.failed`,{name:a.name,reason:e.sayError(t)}),duration:8e3})}}if(!i)return;let a=e.store.state.printers.find(e=>e.id===r);e.toast(a?e.t(`upload.done_printer`,{count:i,printer:a.name}):e.t(`upload.done_archive`,{count:i}))}var Y={inbox:`mdi:inbox-arrow-down`,queue:`mdi:playlist-play`,archive:`mdi:archive`,printers:`mdi:printer-3d`,stats:`mdi:chart-bar`},X={inbox:()=>S(()=>import(`./inbox-YCsNEpJG.js`),[],import.meta.url),queue:()=>S(()=>import(`./queue-By3UFf-y.js`),[],import.meta.url),archive:()=>S(()=>import(`./archive-iulrmbHa.js`),[],import.meta.url),printers:()=>S(()=>import(`./printers-iIjUmTsg.js`),[],import.meta.url),stats:()=>S(()=>import(`./stats-DJ_YBl3u.js`),[],import.meta.url)},Z={i:`inbox`,q:`queue`,a:`archive`,p:`printers`,s:`stats`},ne=4e3,Q=new q,$=class extends r{constructor(...e){super(...e),this.narrow=!1,this.place=x(location.pathname,location.search),this.library=Q.state,this.words=I,this.ready=!1,this.screens=new Set,this.dragging=!1,this.said=``,this.appFor=[],this.language=``,this.waitsForLetter=0,this.client=new w(()=>this.hass),this.onMoved=()=>{if(!location.pathname.startsWith(`/bambu-prints`))return;let e=x(location.pathname,location.search);this.place=e,v(e.tab),this.screens.has(e.tab)||X[e.tab]().then(()=>{this.screens=new Set([...this.screens,e.tab])})},this.tr=(e,t)=>L(this.words,this.language,this.app?.format??this.format(this.hass),e,t),this.onKey=e=>{if(!this.app?.shortcuts||h(e))return;let t=this.waitsForLetter;if(this.waitsForLetter=0,e.key===`g`)this.waitsForLetter=Date.now();else if(t&&Date.now()-t<1500&&Z[e.key])this.app.go(Z[e.key]);else return;e.preventDefault(),e.stopImmediatePropagation()}}static{this.styles=[a,g,e`
      :host {
        display: flex;
        flex-direction: column;
        height: 100%;
        background: var(--primary-background-color);
        --bvp-gutter: 24px;
        --bvp-header: calc(var(--header-height, 56px) + var(--safe-area-inset-top, 0px));
        --bvp-bar: 0px;
      }
      :host([narrow]) {
        --bvp-gutter: 16px;
        --bvp-bar: calc(56px + var(--safe-area-inset-bottom, 0px));
      }
      header {
        display: flex;
        flex: none;
        align-items: center;
        gap: 8px;
        height: var(--bvp-header);
        padding: var(--safe-area-inset-top, 0px) 12px 0;
        background: var(--app-header-background-color, var(--primary-color));
        color: var(--app-header-text-color, #fff);
        border-bottom: var(--app-header-border-bottom, none);
      }
      h1 {
        flex: none;
        margin-inline: 12px 24px;
        font-size: var(--ha-font-size-xl, 20px);
        font-weight: var(--ha-font-weight-normal, 400);
        white-space: nowrap;
      }
      :host([narrow]) h1 {
        flex: 1;
        overflow: hidden;
        margin-inline-end: 0;
        text-overflow: ellipsis;
      }
      nav {
        display: flex;
        flex: 1;
        align-self: stretch;
        min-width: 0;
      }
      nav a {
        position: relative;
        display: flex;
        align-items: center;
        justify-content: center;
        gap: 8px;
        padding: 0 16px;
        color: inherit;
        font-weight: var(--ha-font-weight-medium, 500);
        text-decoration: none;
      }
      nav a .icon {
        --mdc-icon-size: 20px;
      }
      nav a:focus-visible {
        outline-offset: -4px;
        outline-color: currentColor;
      }
      nav a[aria-current]::after {
        position: absolute;
        inset: auto 8px 0;
        height: 3px;
        border-radius: 3px 3px 0 0;
        background: var(--app-header-selected-color, var(--primary-color));
        content: "";
      }
      .badge {
        min-width: 20px;
        padding: 0 6px;
        border-radius: 10px;
        background: var(--primary-text-color);
        color: var(--primary-background-color);
        font-size: var(--ha-font-size-s, 12px);
        line-height: 20px;
        text-align: center;
      }
      :host([narrow]) nav {
        flex: none;
        order: 3;
        height: var(--bvp-bar);
        padding-bottom: var(--safe-area-inset-bottom, 0px);
        border-top: 1px solid var(--divider-color);
        background: var(--sidebar-background-color, var(--card-background-color));
      }
      :host([narrow]) nav a {
        flex: 1 1 0;
        flex-direction: column;
        gap: 0;
        min-width: 0;
        padding: 4px 2px;
        font-size: var(--ha-font-size-s, 12px);
        line-height: 1.4;
      }
      :host([narrow]) nav a .icon {
        --mdc-icon-size: 24px;
        width: 24px;
        height: 24px;
      }
      :host([narrow]) nav a span.name {
        max-width: 100%;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      :host([narrow]) nav a[aria-current]::after {
        inset: 0 25% auto;
        border-radius: 0 0 3px 3px;
      }
      :host([narrow]) .badge {
        position: absolute;
        inset-block-start: 2px;
        inset-inline-start: calc(50% + 6px);
        min-width: 16px;
        padding: 0 4px;
        line-height: 16px;
      }
      main {
        position: relative;
        display: flex;
        flex-direction: column;
        flex: 1;
        min-height: 0;
        overflow: auto;
        overscroll-behavior: contain;
      }
      main > :not(.drop) {
        flex: 1 0 auto;
      }
      .strip {
        flex: none;
        padding: 8px var(--bvp-gutter);
        border-bottom: 1px solid var(--divider-color);
        background: var(--card-background-color);
      }
      .strip li {
        display: grid;
        gap: 4px;
      }
      .strip li + li {
        margin-top: 8px;
      }
      .message {
        padding: 16px var(--bvp-gutter);
      }
      .drop {
        position: absolute;
        z-index: 10;
        inset: 8px;
        display: grid;
        place-content: center;
        justify-items: center;
        gap: 8px;
        border: 3px dashed var(--primary-color);
        border-radius: var(--ha-border-radius-lg, 12px);
        background: color-mix(in srgb, var(--primary-background-color) 90%, transparent);
        font-size: var(--ha-font-size-l, 16px);
        pointer-events: none;
      }
    `]}connectedCallback(){super.connectedCallback(),this.unlisten=Q.listen(()=>{this.library=Q.state}),this.library=Q.state,window.addEventListener(`location-changed`,this.onMoved),window.addEventListener(`popstate`,this.onMoved),document.addEventListener(`keydown`,this.onKey),this.hass&&Q.start(this.hass.connection),this.onMoved()}disconnectedCallback(){super.disconnectedCallback(),this.unlisten?.(),window.removeEventListener(`location-changed`,this.onMoved),window.removeEventListener(`popstate`,this.onMoved),document.removeEventListener(`keydown`,this.onKey),Q.stop()}willUpdate(e){e.has(`route`)&&this.onMoved(),this.hass&&(e.has(`hass`)&&Q.start(this.hass.connection),this.hass.language!==this.language&&this.speak(this.hass.language),this.makeApp(this.hass),(e.has(`library`)||e.has(`words`))&&this.showCount())}showCount(){let e=this.library.inbox.length,t=this.tr(`title`),n=document.title.replace(/^\(\d+\) /,``);n.startsWith(t)&&(document.title=e?`(${e}) ${n}`:n)}async speak(e){this.language=e;let t=this.format(this.hass),[n,r]=await Promise.all([F(e),z.load(this.hass,e,t)]);e===this.language&&(this.texts=r,this.words=n,this.ready=!0)}format(e){return new A(e.locale,e.config,this.library.options.currency||e.config.currency)}makeApp(e){let t=[this.words,this.texts,e.locale,e.config,e.user?.is_admin,e.enableShortcuts,this.library.options.currency];if(this.app&&t.every((e,t)=>e===this.appFor[t]))return;this.appFor=t;let n=this.format(e),r=this.words,i=this.language,a=this.texts?.with(n)??z.none(i,n),o=(e,t)=>L(r,i,n,e,t);this.app={api:this.client,store:Q,t:o,format:n,isAdmin:e.user?.is_admin??!1,shortcuts:e.enableShortcuts!==!1,say:e=>a.say(e),sayError:e=>(te(e)?a.error(e):null)??o(ee(e)),toast:e=>this.toast(e),go:(e,t,n,r)=>y(b(e,t,n),r),url:b,visit:e=>y(e),attempt:async e=>{try{return await e}catch(e){this.toast(this.app.sayError(e));return}},announce:e=>{this.said=e},upload:(e,t)=>void J(this.app,this.hass,e,t)}}toast(e){let{message:t,action:n,duration:r=ne}=typeof e==`string`?{message:e}:e;f(this,{message:t,duration:r,...n?{action:{text:n.text,action:n.run}}:{}})}onDrag(e){e.dataTransfer?.types.includes(`Files`)&&(e.preventDefault(),this.dragging=e.type===`dragover`||e.type===`dragenter`)}onDrop(e){if(!e.dataTransfer?.files.length)return;e.preventDefault(),this.dragging=!1;let t=[...e.dataTransfer.files];this.app.upload(t,this.defaultPrinter?.id)}get defaultPrinter(){return this.library.printers.find(e=>e.kind===`virtual`&&e.mode===`review`&&e.enabled)}pick(e){let t=document.createElement(`input`);t.type=`file`,t.accept=`.3mf,.gcode`,t.multiple=!0,t.addEventListener(`change`,()=>this.app.upload([...t.files??[]],e)),t.click()}count(e){return e===`inbox`?this.library.inbox.length:e===`queue`?this.library.queue.length:0}tab(e){let n=this.count(e);return p`<a
      href=${b(e)}
      aria-current=${this.place.tab===e?`page`:t}
      @click=${t=>{t.ctrlKey||t.metaKey||t.shiftKey||(t.preventDefault(),t.stopPropagation(),this.app.go(e))}}
    >
      ${d(Y[e])}<span class="name">${this.tr(`tab.${e}`)}</span>
      ${n?p`<span class="badge">${this.app.format.number(n)}</span>`:t}
    </a>`}nav(){return p`<nav aria-label=${this.tr(`title`)}>${m.map(e=>this.tab(e))}</nav>`}uploadMenu(){let e=this.library.printers.filter(e=>e.kind===`virtual`&&e.enabled);return p`<bvp-menu
      .app=${this.app}
      .label=${this.tr(`upload.button`)}
      icon="mdi:upload"
      .disabled=${this.library.connection!==`live`||!this.library.available}
      .items=${[...e.map(e=>({label:e.name,icon:`mdi:printer-3d`,onClick:()=>this.pick(e.id)})),{label:this.tr(`upload.to_archive`),icon:`mdi:archive-arrow-down`,onClick:()=>this.pick()}]}
    ></bvp-menu>`}strip(){let e=this.library.uploads;return e.length?p`<ul class="strip">
          ${e.map(e=>p`<li>${this.transfer(e)}</li>`)}
        </ul>`:t}transfer(e){let{format:t}=this.app,n=e.total_bytes,r=n?Math.min(100,e.received_bytes/n*100):null,i=e.name?this.tr(e.via===`browser`?`transfer.sending`:`transfer.receiving`,{name:e.name}):this.tr(`transfer.receiving_unnamed`),a=[n?this.tr(`transfer.progress`,{received:t.bytes(e.received_bytes),total:t.bytes(n)}):t.bytes(e.received_bytes),t.speed(e.bytes_per_second),e.printer,e.source_ip].filter(Boolean).join(` · `);return p`<span><strong>${i}</strong> <span class="secondary">${a}</span></span>
      ${_(r,i,a)}`}screen(){let{app:e,library:r,place:i,narrow:a}=this;if(!this.screens.has(i.tab)||r.available===null)return t;if(r.available===!1)return p`<div class="message">
        ${n(`error`,this.tr(`error.not_loaded`),e.isAdmin?c({label:this.tr(`error.open_integration`),onClick:()=>e.visit(`/config/integrations/integration/bambu_virtual_printer`)}):t)}
      </div>`;switch(i.tab){case`inbox`:return p`<bvp-inbox .app=${e} .state=${r} .route=${i} .narrow=${a}></bvp-inbox>`;case`queue`:return p`<bvp-queue .app=${e} .state=${r} .route=${i} .narrow=${a}></bvp-queue>`;case`archive`:return p`<bvp-archive .app=${e} .state=${r} .route=${i} .narrow=${a}></bvp-archive>`;case`printers`:return p`<bvp-printers .app=${e} .state=${r} .route=${i} .narrow=${a}></bvp-printers>`;case`stats`:return p`<bvp-stats .app=${e} .state=${r} .route=${i} .narrow=${a}></bvp-stats>`}}render(){return!this.hass||!this.app||!this.ready?t:p`<header>
        ${o(this.hass,this.narrow)}
        <h1>${this.narrow?this.tr(`tab.${this.place.tab}`):this.tr(`title`)}</h1>
        ${this.narrow?t:this.nav()} ${this.uploadMenu()}
      </header>
      ${this.strip()}
      ${this.library.connection===`lost`?p`<div class="message">${n(`warning`,this.tr(`connection.lost`))}</div>`:t}
      <main
        @dragenter=${this.onDrag}
        @dragover=${this.onDrag}
        @dragleave=${this.onDrag}
        @drop=${this.onDrop}
      >
        ${this.screen()}
        ${this.dragging?p`<div class="drop">
              ${d(`mdi:upload`)}<span>${this.tr(`upload.drop`)}</span>
              <span class="secondary"
                >${this.defaultPrinter?.name??this.tr(`upload.to_archive`)}</span
              >
            </div>`:t}
      </main>
      ${this.narrow?this.nav():t}
      <div class="visually-hidden" role="status">${this.said}</div>`}};u([s({attribute:!1})],$.prototype,`hass`,void 0),u([s({type:Boolean,reflect:!0})],$.prototype,`narrow`,void 0),u([s({attribute:!1})],$.prototype,`panel`,void 0),u([s({attribute:!1})],$.prototype,`route`,void 0),u([l()],$.prototype,`place`,void 0),u([l()],$.prototype,`library`,void 0),u([l()],$.prototype,`words`,void 0),u([l()],$.prototype,`ready`,void 0),u([l()],$.prototype,`screens`,void 0),u([l()],$.prototype,`dragging`,void 0),u([l()],$.prototype,`said`,void 0),$=u([i(`bvp-panel`)],$);export{$ as BvpPanel,Q as store};