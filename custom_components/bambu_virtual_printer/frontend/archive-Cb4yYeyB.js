import{A as e,B as t,D as n,G as r,H as i,M as a,N as o,O as s,V as c,a as l,c as u,d,g as f,h as p,i as m,j as h,k as g,m as _,n as v,o as y,p as ee,s as b}from"./shared-BcSZPcl1.js";import{a as te,i as ne,t as x}from"./text-dialog-Dv5XRQnr.js";import{t as re}from"./keys-CBBOGsce.js";import{t as S}from"./empty-B1E1io25.js";import{n as ie,t as C}from"./element-cwS2XI8r.js";import"./menu-BNINHhTx.js";import{t as ae}from"./written-4ylI6Tax.js";import{n as oe,t as se}from"./skeleton-Br6mjftV.js";import{n as ce,r as le,t as ue}from"./view-choice-Crfh5KoJ.js";import{c as de,u as fe}from"./router-DDfbl-vM.js";import{a as pe,i as me,n as he,o as ge,t as w}from"./archive-days-BxHGfSNc.js";import{i as _e,n as ve,r as ye}from"./judging-DvLd8aMh.js";import"./dialog-DXFMQhgU.js";import{t as T}from"./form-D97BTJLp.js";import{t as be}from"./pick-files-Cb8ssEMp.js";import{n as xe,t as E}from"./live-Bkcqbo1m.js";import{t as Se}from"./qr-K5LsoeW_.js";import{n as Ce,t as we}from"./sender-CN0ufmTg.js";import{t as Te}from"./preload-helper-BQUUbbNx.js";var Ee={},D=ne(class extends te{constructor(){super(...arguments),this.ot=Ee}render(e,t){return t()}update(e,[t,n]){if(Array.isArray(t)){if(Array.isArray(this.ot)&&this.ot.length===t.length&&t.every((e,t)=>e===this.ot[t]))return c}else if(this.ot===t)return c;return this.ot=Array.isArray(t)?Array.from(t):t,this.render(t,n)}}),O=8e3;function k(e,t){t[0]&&e.toast({message:e.sayError(t[0].error),duration:O})}async function De(e,t,n,r){let i=[],a=[];for(let o of t){let s=await fe(e.api.queueArchive(o.id,n),n=>{let i=e.sayError(n);r(t.length>1?e.t(`queue_dialog.refused`,{name:o.name,why:i}):i)});s?i.push(...s.jobs):a.push(o)}let[o]=i;if(!o)return a;let s=e.t(`archive.queued`,{count:i.length});return e.announce(s),e.toast({message:s,duration:O,action:{text:e.t(`common.show`),run:()=>e.go(`queue`,o.id)}}),a}async function Oe(e,t,n){let r=await e.attempt(e.api.deleteArchives(t.map(e=>e.id),n));if(!r)return[];let{undo:i}=r;return r.failed.length?k(e,r.failed):e.toast({message:e.t(`archive.deleted`,{count:r.deleted.length}),duration:O,...i?{action:{text:e.t(`common.undo`),run:()=>void ke(e,i.ids)}}:{}}),r.deleted}async function ke(e,t){let n=await e.attempt(e.api.restoreArchives(t));n&&(n.failed.length?k(e,n.failed):e.toast(e.t(`archive.restored`,{count:n.archives.length})))}async function A(e,t,n){let r=await e.attempt(e.api.updateArchives(t.map(e=>e.id),n));return k(e,r?.failed??[]),r?.archives??[]}function j(e,t,n){return A(e,t,{favourite:n})}function Ae(e,t,n){return A(e,t,{project:n.trim()})}async function je(e,t,n){let r=n.split(`,`).map(e=>e.trim()).filter(Boolean);if(!r.length)return[];let i=new Map;for(let e of t){let t=JSON.stringify([...new Set([...e.tags,...r])]);i.set(t,[...i.get(t)??[],e])}let a=[];for(let[t,n]of i)a.push(...await A(e,n,{tags:JSON.parse(t)}));return a}var Me=r`
.prints li{display:flex;align-items:start;gap:8px;padding:4px 0}.prints a{color:inherit}.prints .icon{--mdc-icon-size:18px;width:18px;height:18px;margin-top:2px;color:var(--secondary-text-color)}.prints .completed > .icon{color:var(--success-color)}.prints .failed > .icon{color:var(--error-color)}.prints li > :nth-child(2){flex:1;min-width:0;overflow-wrap:anywhere}.prints li > button,.prints .judge{flex:none;margin-block:-8px}.prints .judge .icon{margin:0;color:inherit}.prints .judged{display:inline-flex;align-items:start;gap:4px}.others{display:grid;gap:4px}.others a{display:flex;align-items:center;gap:12px;min-height:44px;color:inherit;text-decoration:none}.others bvp-picture{flex:none;width:40px}`,Ne={pending:`mdi:playlist-play`,staged:`mdi:pause-circle-outline`,waiting:`mdi:playlist-play`,dispatching:`mdi:upload-network`,printing:`mdi:printer-3d-nozzle`,completed:`mdi:check-circle`,failed:`mdi:close-circle`,skipped:`mdi:skip-next-circle-outline`,cancelled:`mdi:cancel`},Pe=[`completed`,`failed`,`skipped`,`cancelled`];function Fe(e,n,r,o){return i`<ul class="prints">
${n.map(n=>{let s=n.finished_at??n.started_at,c=[n.plate_count>1?e.t(`archive.plate`,{plate:n.plate}):``,n.printed_on??``,s?e.format.moment(s):``,typeof n.energy_kwh==`number`?e.format.energy(n.energy_kwh):``,n.energy_cost?e.format.money(n.energy_cost):``].filter(Boolean).join(` · `),l=e.say(n.status);return i`<li class=${n.verdict===`failed`?`failed`:n.state}>
${a(Ne[n.verdict===`failed`?`failed`:n.state])}<span
>${Pe.includes(n.state)?l:i`<a
href=${e.url(`queue`,n.id)}
@click=${t=>N(t,()=>e.go(`queue`,n.id))}
>${l}</a
>`}
${n.error&&n.state===`failed`?i`: ${n.error}`:t}
${Ie(e,n)} <span class="secondary">${c}</span></span
>
${Le(e,n,r,o)}
</li>`})}
</ul>`}function Ie(e,n){if(!n.verdict)return t;let r=e.t(n.verdict===`good`?`prints.good`:`prints.failed`),o=[n.verdict_reason?`${r}: ${n.verdict_reason}`:r,n.verdict_by];return i`<span class="judged"
>${a(n.verdict===`good`?`mdi:thumb-up-outline`:`mdi:thumb-down-outline`)}${o.filter(Boolean).join(` · `)}</span
>`}function Le(e,n,r,a){return _e(n)?h({label:e.t(`printers.again_heading`),icon:`mdi:repeat`,look:`plain`,disabled:a,onClick:()=>r.offer(n)}):ye(n)?i`<span class="judge">
${o({label:e.t(`prints.judge_good`),icon:`mdi:thumb-up-outline`,disabled:a,onClick:()=>void r.good(r.of(n))})}
${o({label:e.t(`prints.judge_failed`),icon:`mdi:thumb-down-outline`,disabled:a,onClick:()=>r.failed(r.of(n))})}
</span>`:t}function M(e,t){return i`<ul class="others">
${t.map(t=>i`<li>
<a
href=${e.url(`archive`,t.id)}
@click=${n=>N(n,()=>e.go(`archive`,t.id))}
>
<bvp-picture .src=${t.picture_small}></bvp-picture>
<span
>${t.name}<br /><span class="secondary"
>${e.format.moment(t.received_at)}</span
></span
>
</a>
</li>`)}
</ul>`}function N(e,t){e.ctrlKey||e.metaKey||e.shiftKey||e.button!==0||(e.preventDefault(),e.stopPropagation(),t())}var Re=r`
.tile{position:relative;display:flex;flex-direction:column;overflow:hidden}.tile.selected{outline:2px solid var(--primary-color);outline-offset:-2px}.tile bvp-picture{--bvp-picture-radius:0}.tile .link{display:flex;flex:1;flex-direction:column;color:inherit;text-decoration:none}.tile .link:focus-visible{outline-offset:-3px}.tile .text{display:grid;gap:2px;padding:8px 12px}.tile .name{overflow:hidden;font-weight:var(--ha-font-weight-medium,500);text-overflow:ellipsis;white-space:nowrap}.tile .line{min-height:1lh;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}.tile .swatches{flex-wrap:nowrap}.badges{position:absolute;display:flex;flex-wrap:wrap;gap:4px;inset-block-start:8px;inset-inline:8px 48px}.badge{--mdc-icon-size:14px;display:inline-flex;align-items:center;gap:4px;padding:0 8px;border:1px solid var(--divider-color);border-radius:10px;background:var(--card-background-color);font-size:var(--ha-font-size-s,12px);line-height:20px}.badge .icon{width:14px;height:14px}.tile .star,.tile .again{position:absolute;inset-inline-end:4px}.tile .star{display:flex;inset-block-start:4px;border-radius:50%;background:var(--card-background-color)}.tile .star .icon-button{width:36px;height:36px}@media (pointer:coarse){.tile .star .icon-button{width:44px;height:44px}}.tile .again{inset-block-end:0}.tile .last{padding-inline-end:40px}.tile > input[type="checkbox"]{position:absolute;width:24px;height:24px;inset-block-start:12px;inset-inline-end:12px}`;function P(e){let t=e.last_failed_at;return t&&(!e.last_printed_at||t>e.last_printed_at)?`failed`:e.print_count?`printed`:null}function F(e,t){return t.last_failure?e.t(`known.failed`,{reason:e.say(t.last_failure)}):e.t(`archive.failed`)}function ze(e,n,r){let{format:a,t:s}=e,c=[n.print_time_s===null?``:a.duration(n.print_time_s),n.filament_g===null?``:a.weight(n.filament_g)].filter(Boolean).join(` · `),l=[a.date(n.received_at),n.sender,n.instance,n.sliced_for?v(n.sliced_for):``].filter(Boolean).join(` · `);return i`<a
class="link"
href=${r.href}
aria-current=${r.isCurrent?`true`:t}
@click=${r.onOpen}
>
<bvp-picture .src=${n.picture_small}></bvp-picture>
<span class="text">
<span class="name" title=${n.name}>${n.name}</span>
<span class="line">${c}</span>
<span class="line">${u(n.filament_colors,n.filament_types)}</span>
<span class="line last secondary">${l}</span>
</span>
<span class="badges">
${n.plate_count>1?I(`mdi:layers-outline`,`${n.plate_count}`,s(`fact.plates`,{count:n.plate_count})):t}
${n.photo_count?I(`mdi:camera-outline`,`${n.photo_count}`,s(`fact.photos`,{count:n.photo_count})):t}
${n.print_count?I(`mdi:check`,a.number(n.print_count),s(`archive.printed_times`,{count:n.print_count})):t}
${P(n)===`failed`?I(`mdi:close-circle-outline`,``,F(e,n)):t}
${n.judged_failed?I(`mdi:thumb-down-outline`,a.number(n.judged_failed),s(`stats.judged_failed`)):t}
</span>
</a>
${r.selected===null?i`<span class="star"
>${o({label:s(`archive.favourite_named`,{name:n.name}),icon:n.favourite?`mdi:star`:`mdi:star-outline`,pressed:n.favourite,disabled:!r.canAct||!m(`work`,[n]),onClick:r.onFavourite})}</span
>${m(`decide`,[n])?i`<span class="again"
>${o({label:s(`archive.again_named`,{name:n.name}),icon:`mdi:playlist-plus`,disabled:!r.canAct,onClick:r.onAgain})}</span
>`:t}`:i`<input
type="checkbox"
aria-label=${s(`archive.select_named`,{name:n.name})}
.checked=${r.selected}
@change=${e=>r.onSelect(e.target.checked)}
/>`}`}function I(e,n,r){return i`<span class="badge" title=${r}
>${a(e)}${n?i`<span aria-hidden="true">${n}</span>`:t}<span class="visually-hidden">${r}</span></span
>`}var Be=500,Ve=6,L=3,R={printed:`mdi:check-circle-outline`,failed:`mdi:close-circle-outline`,none:`mdi:circle-outline`},z=class extends C{constructor(...e){super(...e),this.query={},this.month=``,this.version=0,this.narrow=!1,this.href=()=>``,this.days=new Map,this.isWhole=!0,this.round=0,this.asked=``}static{this.styles=[d,r`
:host{display:block}.top{display:flex;align-items:center;gap:4px;margin-bottom:8px}.top h2{flex:1;text-align:center}table{width:100%;overflow:hidden;border-collapse:collapse;table-layout:fixed}th{height:36px;font-weight:var(--ha-font-weight-medium,500)}td{height:112px;padding:0;border-top:1px solid var(--divider-color);vertical-align:top}td + td{border-inline-start:1px solid var(--divider-color)}td.other{background:color-mix(in srgb,var(--secondary-background-color) 40%,transparent)}.day{display:inline-flex;align-items:center;justify-content:center;gap:4px;min-width:32px;min-height:32px;padding:0 8px;border:0;border-radius:16px;background:none;color:inherit;font:inherit}button.day{cursor:pointer;font-weight:var(--ha-font-weight-medium,500);text-decoration:underline}.today .day{border:2px solid var(--primary-color)}li{--mdc-icon-size:14px}li a,li button{display:grid;grid-template-columns:auto minmax(0,1fr);align-items:center;gap:4px;width:100%;min-height:24px;padding:0 8px;border:0;background:none;color:inherit;font:inherit;font-size:var(--ha-font-size-s,12px);text-align:start;text-decoration:none;cursor:pointer}li a:hover{background:var(--secondary-background-color)}li .icon{width:14px;height:14px;color:var(--secondary-text-color)}.printed .icon{color:var(--success-color)}.failed .icon{color:var(--error-color)}.text{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}:host([narrow]) td{height:72px;text-align:center}:host([narrow]) .day{min-width:44px;min-height:44px;padding:0}.dots{display:flex;flex-wrap:wrap;justify-content:center;gap:2px}`]}willUpdate(){let e=JSON.stringify([this.query,this.month,this.version]);e!==this.asked&&(this.asked=e,this.load())}async load(){let e=++this.round,t=ge(this.month,this.app.format.firstWeekday),n={...this.query,sort:`oldest`,limit:Be,received_after:`${he(t[0][0])}T00:00:00`,received_before:`${w(w(t.at(-1).at(-1)))}T00:00:00`},r=new Map,i=null;for(let t=0;t<Ve;t++){let t=await this.app.attempt(this.app.api.archives({...n,...i?{cursor:i}:{}}));if(e!==this.round||!t)return;for(let e of t.archives){let t=this.app.format.dayKey(e.received_at);r.set(t,[...r.get(t)??[],e])}if(i=t.cursor,i===null)break}this.days=r,this.isWhole=i===null}go(e){this.dispatchEvent(new CustomEvent(`month`,{detail:pe(this.month,e)}))}show(e){this.dispatchEvent(new CustomEvent(`day`,{detail:e}))}entry(e){let t=P(e),n=t===`failed`?F(this.app,e):t===`printed`?this.t(`archive.printed_times`,{count:e.print_count}):this.t(`archive.printed_no`);return i`<li class=${t??`none`}>
<a
href=${this.href(e.id)}
title=${`${e.name} · ${n}`}
@click=${t=>N(t,()=>this.dispatchEvent(new CustomEvent(`open`,{detail:e.id})))}
>${a(R[t??`none`])}<span class="text">${e.name}</span
><span class="visually-hidden">${n}</span></a
>
</li>`}dots(e){let t=[...new Set(e.map(e=>P(e)??`none`))];return i`<span class="dots" aria-hidden="true">
${t.map(e=>i`<span class=${e}>${a(R[e])}</span>`)}
</span>`}day(e,n){let r=this.days.get(e)??[],o=this.app.format.number(Number(e.slice(8))),s=r.length-L,c=!e.startsWith(this.month);return i`<td class=${`${c?`other`:``} ${e===n?`today`:``}`}>
${r.length?i`<button
type="button"
class="day"
aria-label=${this.t(`archive.day`,{count:r.length,date:this.app.format.date(`${e}T12:00:00`)})}
@click=${()=>this.show(e)}
>
${o}
</button>`:i`<span class="day">${o}</span>`}
${r.length?this.narrow?this.dots(r):i`<ul>
${r.slice(0,s===1?4:L).map(e=>this.entry(e))}
${s>1?i`<li>
<button type="button" @click=${()=>this.show(e)}>
${a(`mdi:dots-horizontal`)}
<span class="text">${this.t(`card.more`,{count:s})}</span>
</button>
</li>`:t}
</ul>`:t}
</td>`}render(){let{format:e}=this.app,n=ge(this.month,e.firstWeekday),r=e.dayKey(new Date),a=e.monthName(new Date(`${this.month}-01T00:00:00Z`));return i`<div class="top">
${o({label:this.t(`archive.month_before`),icon:`mdi:chevron-left`,class:`turn`,onClick:()=>this.go(-1)})}
<h2 aria-live="polite">${a}</h2>
${o({label:this.t(`archive.month_after`),icon:`mdi:chevron-right`,class:`turn`,onClick:()=>this.go(1)})}
</div>
<table class="card" aria-label=${a}>
<thead>
<tr>
${n[0].map((t,n)=>i`<th scope="col">${e.weekday((e.firstWeekday+n)%7)}</th>`)}
</tr>
</thead>
<tbody>
${n.map(e=>i`<tr>${e.map(e=>this.day(e,r))}</tr>`)}
</tbody>
</table>
${this.isWhole?t:i`<p class="secondary">${this.t(`archive.calendar_part`)}</p>`}`}};f([s({attribute:!1})],z.prototype,`query`,void 0),f([s()],z.prototype,`month`,void 0),f([s({type:Number})],z.prototype,`version`,void 0),f([s({type:Boolean,reflect:!0})],z.prototype,`narrow`,void 0),f([s({attribute:!1})],z.prototype,`href`,void 0),f([n()],z.prototype,`days`,void 0),f([n()],z.prototype,`isWhole`,void 0),z=f([g(`bvp-archive-calendar`)],z);var B=class extends C{constructor(...e){super(...e),this.archives=[],this.purge=!1}static{this.styles=[d,T,r`
p{margin-bottom:8px}`]}render(){let[e]=this.archives,n=this.archives.length;return i`<bvp-dialog
.app=${this.app}
.heading=${n===1?this.t(`archive.delete_title`,{name:e.name}):this.t(`archive.delete_many`,{count:n})}
@closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
>
<p>${this.t(`archive.delete_text`)}</p>
${this.app.isAdmin?i`<label class="choice"
><input
type="checkbox"
.checked=${this.purge}
@change=${e=>this.purge=e.target.checked}
/>${this.t(`archive.delete_purge`)}</label
>`:t}
${this.purge||!this.app.store.state.options.undo_minutes?i`<p>${this.t(`archive.delete_for_good`)}</p>`:t}
<span slot="actions">
${h({label:this.t(`common.cancel`),look:`plain`,onClick:()=>this.dispatchEvent(new CustomEvent(`closed`))})}
${h({label:this.t(`archive.delete`),icon:`mdi:delete-outline`,look:`danger`,onClick:()=>this.dispatchEvent(new CustomEvent(`delete`,{detail:this.purge}))})}
</span>
</bvp-dialog>`}};f([s({attribute:!1})],B.prototype,`archives`,void 0),f([n()],B.prototype,`purge`,void 0),B=f([g(`bvp-archive-delete`)],B);function He(e,t,n){return[t?e.t(`prints.count`,{verdict:e.t(`prints.good`),number:t}):``,n?e.t(`prints.count`,{verdict:e.t(`prints.failed`),number:n}):``].filter(Boolean).join(` · `)}function Ue(e,t){let n=t.filter(e=>typeof e.energy_kwh==`number`);if(!n.length)return null;let r=n.reduce((e,t)=>e+(t.energy_cost??0),0),i=e.format.energy(n.reduce((e,t)=>e+t.energy_kwh,0));return r?`${i} · ${e.format.money(r)}`:i}var V=class extends C{constructor(...e){super(...e),this.archiveId=``,this.version=0,this.narrow=!1,this.canAct=!0,this.details=null,this.error=null,this.writing=!1,this.leaving=null,this.isSending=!1,this.isShooting=!1,this.edit=async e=>{if(this.writing=!1,!Object.keys(e).length)return!0;let t=this.archiveId,n=this.details;this.take(n&&{...n,...e});let r=await this.app.attempt(this.app.api.updateArchives([t],e)),i=r?.failed[0];i&&this.app.toast(this.app.sayError(i.error));let[a]=r?.archives??[];if(!a&&n&&this.details?.id===t){let t=Object.fromEntries(Object.keys(e).map(e=>[e,n[e]]));this.take({...this.details,...t})}else a&&this.details?.id===t?this.take({...this.details,...a}):a&&this.tell(a);return a!==void 0},this.qr=new Se(this),this.judging=new ve(this,()=>void this.load())}static{this.styles=[d,ee,p,b,Me,r`
:host{display:block;--bvp-plates-height:260px}.body{display:grid;gap:12px;padding:16px}.title{display:flex;align-items:start;gap:4px}.title h2{flex:1;min-width:0;padding-top:8px;overflow-wrap:anywhere;font-size:var(--ha-font-size-xl,20px);font-weight:var(--ha-font-weight-normal,400);line-height:1.4}h3{margin-bottom:4px;font-size:var(--ha-font-size-m,14px);font-weight:var(--ha-font-weight-medium,500)}.actions{display:flex;flex-wrap:wrap;gap:8px}a{color:inherit;overflow-wrap:anywhere}a.button{text-decoration:none}.rows li{display:flex;align-items:center;gap:12px;min-height:48px}.rows bvp-picture{flex:none;width:48px}.rows .text{flex:1;min-width:0}.filaments li{display:flex;align-items:center;gap:8px}.photos{display:grid;grid-template-columns:repeat(auto-fill,minmax(104px,1fr));gap:8px}.photos li{position:relative}.photos a{display:block}.photos .icon-button{position:absolute;inset-block-start:0;inset-inline-end:0;border-radius:50%;background:var(--card-background-color)}dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;margin:8px 0 0}dt{color:var(--secondary-text-color)}dd{margin:0;overflow-wrap:anywhere}summary{min-height:44px;padding:10px 0;cursor:pointer}`]}willUpdate(e){e.has(`archiveId`)&&this.details?.id!==this.archiveId&&(this.details=null,this.error=null),(e.has(`archiveId`)||e.has(`version`))&&this.load()}async load(){let e=this.archiveId;try{let t=await this.app.api.archive(e);e===this.archiveId&&(this.details=t)}catch(t){e===this.archiveId&&(this.error=t)}}get archive(){let e=this.known?.id===this.archiveId?this.known:void 0;return this.details??e}take(e){e&&(this.details=e,this.tell(e))}tell(e){this.dispatchEvent(new CustomEvent(`changed`,{detail:e}))}pickPhoto(){be({accept:`image/jpeg,image/png,image/webp`},([e])=>{e&&this.addPhoto(e)})}async addPhoto(e){await this.keep(this.app.api.addPhoto(this.archiveId,e))}async chooseCamera(){await Te(()=>import(`./camera-dialog-liq6FNgn.js`),[],import.meta.url),this.isShooting=!0}async takePhoto(e){this.isShooting=!1,await this.keep(this.app.api.takePhoto(this.archiveId,e))}async keep(e){this.isSending=!0,await this.app.attempt(e),this.isSending=!1,await this.showPhotos()}get likelyCamera(){let e=this.details?.prints.find(e=>e.machine_id)?.machine_id,{printers:t}=this.app.store.state,n=t.find(t=>t.id===e)?.device_id;return this.app.cameras().find(e=>n&&e.device===n)?.id??``}async removePhoto(e){this.leaving=null,await this.app.attempt(this.app.api.removePhoto(this.archiveId,e.photo_id)),await this.showPhotos()}async showPhotos(){await this.load(),this.details&&this.tell(this.details)}async copyLink(){let e=location.origin+this.app.url(`archive`,this.archiveId);this.app.toast(this.t(await xe(e,this)?`common.link_copied`:`printers.not_copied`))}again(e){let{archive:t}=this;this.dispatchEvent(new CustomEvent(`again`,{detail:{archive:t,plate:e}}))}menu(e){return i`<bvp-menu
.app=${this.app}
.label=${this.t(`common.more`)}
.items=${[m(`work`,[e])&&{label:this.t(`notes.title`),icon:`mdi:pencil-outline`,disabled:!this.canAct,onClick:()=>this.writing=!0},{label:this.t(`common.copy_link`),icon:`mdi:link-variant`,onClick:()=>void this.copyLink()},this.qr.item(this.app,()=>this.app.url(`archive`,this.archiveId)),m(`delete`,[e])&&{label:this.t(`archive.delete_dots`),icon:`mdi:delete-outline`,danger:!0,disabled:!this.canAct,onClick:()=>this.dispatchEvent(new CustomEvent(`remove`,{detail:e}))}]}
></bvp-menu>`}facts(e){return i`<div class="facts">
${ae(this.app,e,this.details)} ${we(this.app,e)}
${e.judged_good||e.judged_failed?_(`mdi:thumbs-up-down-outline`,this.t(`stats.judged`),He(this.app,e.judged_good??0,e.judged_failed??0)):t}
${_(`mdi:lightning-bolt-outline`,this.t(`stats.energy_kwh`),Ue(this.app,this.details?.prints??[]))}
${e.print_count?_(`mdi:check`,this.t(`archive.printed`),this.t(`archive.printed_times`,{count:e.print_count})):t}
</div>`}actions(e){return i`<div class="actions">
${m(`decide`,[e])?h({label:this.t(`archive.again`),icon:`mdi:playlist-plus`,look:`primary`,disabled:!this.canAct||!this.details||!!this.details.not_queueable,onClick:()=>this.again(null)}):t}
${e.download===null?t:i`<a class="button outlined" href=${e.download} download
>${a(`mdi:download`)}<span>${this.t(`common.download`)}</span></a
>`}
${m(`work`,[e])?h({label:this.t(this.isSending?`archive.photo_sending`:`archive.photo_add`),icon:`mdi:camera-plus-outline`,disabled:!this.canAct||this.isSending,onClick:()=>this.pickPhoto()}):t}
${m(`work`,[e])&&this.app.cameras().length?o({label:this.t(`archive.photo_camera`),icon:`mdi:cctv`,disabled:!this.canAct||this.isSending,onClick:()=>void this.chooseCamera()}):t}
</div>`}plates(e){if(e.length<2)return t;let{format:n}=this.app;return i`<section>
<h3>${this.t(`fact.plates_name`)}</h3>
<ul class="rows">
${e.map(e=>{let r=e.name||this.t(`archive.plate`,{plate:e.number}),a=[e.print_time_s?n.duration(e.print_time_s):``,e.filament_g?n.weight(e.filament_g):``].filter(Boolean).join(` · `);return i`<li>
<bvp-picture .src=${e.picture_small}></bvp-picture>
<span class="text"
>${r}<br /><span class="secondary"
>${a}
${u(e.filaments.map(e=>e.color),[])}</span
></span
>
${e.printable&&this.archive&&m(`decide`,[this.archive])?o({label:this.t(`archive.again_named`,{name:r}),icon:`mdi:playlist-plus`,disabled:!this.canAct||!!this.details?.not_queueable,onClick:()=>this.again(e)}):t}
</li>`})}
</ul>
</section>`}filaments(e){let{format:n}=this.app;return e.filaments.length?i`<section>
<h3>${this.t(`fact.filament`)}</h3>
<ul class="filaments">
${e.filaments.map(e=>i`<li>
${y(e.color)}<span
>${e.profile||e.type}
${e.used_g?i`<span class="secondary">· ${n.weight(e.used_g)}</span>`:t}</span
>
</li>`)}
</ul>
</section>`:t}photos(e){return e.length?i`<section>
<h3>${this.t(`archive.photos`)}</h3>
<ul class="photos">
${e.map(e=>{let n=this.t(`archive.photo_of`,{time:this.app.format.moment(e.added_at)});return i`<li>
<a href=${e.url} target="_blank" rel="noreferrer"
><bvp-picture .src=${e.url} .alt=${n}></bvp-picture
></a>
${this.archive&&m(`work`,[this.archive])?o({label:this.t(`archive.photo_remove`),icon:`mdi:close`,disabled:!this.canAct,onClick:()=>this.leaving=e}):t}
</li>`})}
</ul>
</section>`:t}said(e){let{format:n}=this.app,r=[[this.t(`archive.file_name`),e.file_name],[this.t(`archive.designer`),e.designer],[this.t(`archive.slicer`),[We[e.slicer]??e.slicer,e.slicer_version].filter(Boolean).join(` `)],[this.t(`archive.model`),v(e.sliced_for)],[this.t(`archive.printer_profile`),e.printer_profile],[this.t(`archive.print_profile`),e.print_profile],[this.t(`archive.nozzle`),n.list(e.nozzle_diameters_mm.map(e=>this.t(`fact.millimetres`,{millimetres:e})))],[this.t(`archive.layers`),e.total_layers===null?null:n.number(e.total_layers)],[this.t(`printers.nozzle`),e.nozzle_temperature_c===null?null:n.celsius(e.nozzle_temperature_c)],[this.t(`printers.bed`),[e.bed_temperature_c===null?``:n.celsius(e.bed_temperature_c),e.bed_type].filter(Boolean).join(` · `)],[this.t(`archive.supports`),e.support_used===null?null:this.t(e.support_used?`archive.yes`:`archive.no`)],[this.t(`archive.objects`),n.list([...new Set(e.plates.flatMap(e=>e.objects))].slice(0,40))]];return i`<details>
<summary>${this.t(`archive.everything`)}</summary>
<dl>
${r.map(([e,n])=>n?i`<dt>${e}</dt>
<dd>${n}</dd>`:t)}
</dl>
</details>`}more(e){return i`${this.photos(e.photos)} ${this.plates(e.plates)}
${this.filaments(e)}
${e.prints.length?i`<section>
<h3>${this.t(`archive.prints`)}</h3>
${Fe(this.app,e.prints,this.judging,!this.canAct)}
</section>`:t}
${e.exact.length?i`<section>
<h3>${this.t(`archive.same`)}</h3>
${M(this.app,e.exact)}
</section>`:t}
${e.similar.length?i`<section>
<h3>${this.t(`archive.similar`)}</h3>
${M(this.app,e.similar)}
</section>`:t}
${this.said(e)}`}dialogs(e){return i`${this.isShooting?i`<bvp-camera-dialog
.app=${this.app}
.cameras=${this.app.cameras()}
.chosen=${this.likelyCamera}
@taken=${e=>void this.takePhoto(e.detail)}
@closed=${()=>this.isShooting=!1}
></bvp-camera-dialog>`:t}
${this.writing?i`<bvp-notes-dialog
.app=${this.app}
.item=${e}
@save=${e=>void this.edit(e.detail)}
@closed=${()=>this.writing=!1}
></bvp-notes-dialog>`:t}
${this.leaving?i`<bvp-text-dialog
.app=${this.app}
danger
.heading=${this.t(`archive.photo_remove`)}
.question=${this.t(`archive.photo_remove_text`)}
.confirm=${this.t(`archive.delete`)}
@done=${()=>void this.removePhoto(this.leaving)}
@closed=${()=>this.leaving=null}
></bvp-text-dialog>`:t}`}render(){let{archive:n,details:r}=this,a=o({label:this.t(this.narrow?`common.back`:`common.close`),icon:this.narrow?`mdi:arrow-left`:`mdi:close`,onClick:()=>this.dispatchEvent(new CustomEvent(`back`))});if(!n)return this.error?i`<div class="body">
<div class="title">${a}</div>
${e(`error`,this.app.sayError(this.error))}
</div>`:i`<div class="body"><div class="title">${a}</div></div>`;let s=Ce(n);return i`<article aria-labelledby="name">
<bvp-plates
.app=${this.app}
.cover=${n.picture}
.name=${n.name}
.plates=${r?.plates??[]}
></bvp-plates>
${this.qr.render(this.app)} ${this.judging.render()}
<div class="body">
<div class="title">
${this.narrow?a:t}
<h2 id="name" tabindex="-1">${n.name}</h2>
${o({label:this.t(`fact.favourite`),icon:n.favourite?`mdi:star`:`mdi:star-outline`,pressed:n.favourite,disabled:!this.canAct||!m(`work`,[n]),onClick:()=>void this.edit({favourite:!n.favourite})})}
${this.menu(n)} ${this.narrow?t:a}
</div>
<p class="secondary">
${this.t(s?`inbox.sent_by`:`archive.received_by`,{source:s,printer:n.printer})}
· ${this.app.format.moment(n.received_at)}
</p>
${this.facts(n)}
${this.details?.not_queueable&&m(`decide`,[n])?e(`info`,this.app.say(this.details.not_queueable)):t}
${this.actions(n)}
<bvp-written
.app=${this.app}
.file=${n}
.canAct=${this.canAct}
.save=${this.edit}
></bvp-written>
${this.error?e(`error`,this.app.sayError(this.error)):t}
${r?this.more(r):t}
</div>
</article>
${this.dialogs(n)}`}};f([s()],V.prototype,`archiveId`,void 0),f([s({attribute:!1})],V.prototype,`known`,void 0),f([s({type:Number})],V.prototype,`version`,void 0),f([s({type:Boolean,reflect:!0})],V.prototype,`narrow`,void 0),f([s({type:Boolean})],V.prototype,`canAct`,void 0),f([n()],V.prototype,`details`,void 0),f([n()],V.prototype,`error`,void 0),f([n()],V.prototype,`writing`,void 0),f([n()],V.prototype,`leaving`,void 0),f([n()],V.prototype,`isSending`,void 0),f([n()],V.prototype,`isShooting`,void 0),V=f([g(`bvp-archive-detail`)],V);var We={bambu_studio:`Bambu Studio`,orca_slicer:`OrcaSlicer`},H=[`newest`,`oldest`,`name`,`print_time`,`filament`,`size`],U={q:``,tag:``,material:``,colour:``,printer:``,model:``,project:``,person:``,instance:``,printed:``,fav:``,from:``,to:``,sort:`newest`};function W(e){let t=t=>e.get(t)??``,n=Object.fromEntries(Object.keys(U).map(e=>[e,t(e)])),r=e=>/^\d{4}-\d{2}-\d{2}$/.test(e)&&!Number.isNaN(Date.parse(e));return{...n,colour:/^#[0-9a-f]{6}$/i.test(n.colour)?n.colour:``,printed:n.printed===`yes`||n.printed===`no`?n.printed:``,fav:n.fav===`1`?`1`:``,from:r(n.from)?n.from:``,to:r(n.to)?n.to:``,sort:H.find(e=>e===n.sort)??`newest`}}function G(e){return Object.fromEntries(Object.entries(e).filter(([e,t])=>t!==``&&t!==(e===`sort`?U.sort:``)))}function K(e){return Object.keys(G(e)).some(e=>e!==`sort`)}function Ge(e){return Object.keys(G(e)).filter(e=>e!==`sort`&&e!==`q`).length}function Ke(e){return{...U,sort:e.sort}}function q(e){let{q:t,tag:n,material:r,colour:i,printer:a,model:o,project:s,person:c,instance:l,printed:u,fav:d,from:f,to:p}=e;return{sort:e.sort,...t.trim()?{search:t.trim()}:{},...n?{tags:[n]}:{},...r?{filament:r}:{},...i?{colour:i}:{},...a?{printer_id:a}:{},...o?{sliced_for:o}:{},...s?{project:s}:{},...c?{person:c}:{},...l?{instance:l}:{},...u?{printed:u===`yes`}:{},...d?{favourite:!0}:{},...f?{received_after:`${f}T00:00:00`}:{},...p?{received_before:`${w(p)}T00:00:00`}:{}}}var qe=250,Je=6,Ye=16,Xe=e=>e.toUpperCase(),J=class extends C{constructor(...e){super(...e),this.facets=null,this.isOpen=!1,this.typed=``,this.told=``}static{this.styles=[d,T,b,r`
:host{display:block}.top{display:flex;flex-wrap:wrap;align-items:center;gap:8px}.search{position:relative;flex:1 1 240px}.search .icon{position:absolute;inset-block-start:12px;inset-inline-start:12px;color:var(--secondary-text-color);pointer-events:none}.search input{padding-inline-start:40px}.top select{flex:0 1 auto;width:auto}.filters{display:grid;grid-template-columns:repeat(auto-fill,minmax(130px,1fr));gap:0 16px;padding:16px 16px 0;margin-top:8px}.quick{display:flex;align-items:center;gap:4px;margin-top:4px;overflow-x:auto;scrollbar-width:none}.material{flex:none;min-height:44px;padding:0 12px;border:1px solid transparent;border-radius:22px;background:none;color:var(--primary-text-color);font:inherit;cursor:pointer}.material[aria-pressed="true"]{border-color:var(--primary-text-color)}.quick .colour{flex:none}.colour{display:grid;place-items:center;width:44px;height:44px;padding:0;border:2px solid transparent;border-radius:50%;background:none;cursor:pointer}.colour[aria-pressed="true"]{border-color:var(--primary-text-color)}.colour .swatch{width:28px;height:28px}.clear{grid-column:1 / -1;margin-bottom:16px}`]}willUpdate(){this.filters.q!==this.told&&(this.told=this.filters.q,this.typed=this.filters.q)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.typing)}focusSearch(){let e=this.renderRoot.querySelector(`#search`);return e?.focus(),e!==null}set(e,t=!1){clearTimeout(this.typing);let n={...this.filters,q:this.typed,...e};this.dispatchEvent(new CustomEvent(`change-filters`,{detail:{filters:n,replace:t}}))}onType(e){this.typed=e.target.value,clearTimeout(this.typing),this.typing=setTimeout(()=>{this.told=this.typed,this.set({},!0)},qe)}choice(e,n,r){let a=this.filters[e],o=!a||r.some(e=>e.value===a)?r:[...r,{value:a,label:a}];return o.length?i`<div class="field">
<label for=${e}>${this.t(n)}</label>
<select
id=${e}
.value=${E(a)}
@change=${t=>this.set({[e]:t.target.value})}
>
<option value="" ?selected=${!a}>${this.t(`archive.any`)}</option>
${o.map(e=>i`<option value=${e.value} ?selected=${e.value===a}>
${e.label}
</option>`)}
</select>
</div>`:t}counted(e,t=e=>e){return(e??[]).filter(e=>e.value).map(({value:e,count:n})=>({value:e,label:this.t(`archive.option`,{name:t(e),number:n})}))}colours(){let{colour:e}=this.filters,n=(this.facets?.colours??[]).map(e=>e.value).filter(e=>/^#[0-9a-f]{6}$/i.test(e));return[...new Set([...n.slice(0,Ye),...e?[e]:[]])].map(n=>i`<button
type="button"
class="colour"
aria-pressed=${n.toLowerCase()===e.toLowerCase()}
aria-label=${this.t(`archive.colour_named`,{colour:n})}
title=${l(n)??t}
@click=${()=>this.set({colour:n.toLowerCase()===e.toLowerCase()?``:n})}
>
${y(n)}
</button>`)}materials(){let{material:e}=this.filters,t=(this.facets?.materials??[]).map(e=>e.value).filter(Boolean);return[...new Set([...t.slice(0,Je),...e?[e]:[]])].map(t=>i`<button
type="button"
class="material"
aria-pressed=${t===e}
@click=${()=>this.set({material:t===e?``:t})}
>
${Xe(t)}
</button>`)}quick(){let{materials:e,colours:n}=this.facets??{},{material:r,colour:a}=this.filters;return!r&&!a&&(e?.length??0)<2&&(n?.length??0)<2?t:i`<div
class="quick"
role="group"
aria-label="${this.t(`archive.material`)}, ${this.t(`archive.colour`)}"
>
${this.materials()} ${this.colours()}
</div>`}day(e,t){return i`<div class="field">
<label for=${e}>${this.t(t)}</label>
<input
id=${e}
type="date"
.value=${E(this.filters[e])}
@change=${t=>this.set({[e]:t.target.value})}
/>
</div>`}more(){let{facets:e}=this,n=e=>(e??[]).filter(e=>e.id).map(e=>({value:e.id,label:this.t(`archive.option`,{name:e.value,number:e.count})}));return i`<div class="filters card" id="filters">
${this.choice(`material`,`archive.material`,this.counted(e?.materials,Xe))}
${this.choice(`printer`,`archive.printer`,n(e?.printers))}
${this.choice(`model`,`archive.model`,this.counted(e?.sliced_for,v))}
${this.choice(`tag`,`archive.tag`,this.counted(e?.tags))}
${this.choice(`project`,`archive.project`,this.counted(e?.projects))}
${this.choice(`person`,`common.person`,n(e?.people))}
${this.choice(`instance`,`archive.instance`,(e?.instances??[]).map(({id:e,value:t})=>({value:e,label:t})))}
${this.choice(`printed`,`archive.printed`,[{value:`yes`,label:this.t(`archive.printed_yes`)},{value:`no`,label:this.t(`archive.printed_no`)}])}
${this.day(`from`,`archive.from`)} ${this.day(`to`,`archive.to`)}
${Ge(this.filters)?i`<div class="clear">
${h({label:this.t(`archive.clear`),icon:`mdi:filter-remove`,onClick:()=>this.set(Ke(this.filters))})}
</div>`:t}
</div>`}render(){let{filters:e}=this,n=Ge(e);return i`<search>
<div class="top">
<div class="search">
${a(`mdi:magnify`)}
<input
id="search"
type="search"
aria-label=${this.t(`archive.search`)}
placeholder=${this.t(`archive.search`)}
.value=${E(this.typed)}
@input=${this.onType}
/>
</div>
${o({label:this.t(`archive.favourites`),icon:e.fav?`mdi:star`:`mdi:star-outline`,pressed:e.fav===`1`,onClick:()=>this.set({fav:e.fav?``:`1`})})}
<button
type="button"
class="button outlined"
aria-expanded=${this.isOpen}
aria-controls="filters"
@click=${()=>this.isOpen=!this.isOpen}
>
${a(n?`mdi:filter-check`:`mdi:filter-variant`)}<span
>${n?this.t(`archive.filters_count`,{number:n}):this.t(`archive.filters`)}</span
>
</button>
<select
aria-label=${this.t(`archive.sort`)}
.value=${E(e.sort)}
@change=${e=>this.set({sort:e.target.value})}
>
${H.map(t=>i`<option value=${t} ?selected=${t===e.sort}>
${this.t(`archive.sort_${t}`)}
</option>`)}
</select>
</div>
${this.quick()} ${this.isOpen?this.more():t}
</search>`}};f([s({attribute:!1})],J.prototype,`filters`,void 0),f([s({attribute:!1})],J.prototype,`facets`,void 0),f([n()],J.prototype,`isOpen`,void 0),f([n()],J.prototype,`typed`,void 0),J=f([g(`bvp-archive-filters`)],J);var Y=60,Ze=500,Qe=class{constructor(e,t){this.api=e,this.changed=t,this.items=[],this.total=0,this.isTotalExact=!0,this.facets=null,this.error=null,this.isKnown=!1,this.isLoading=!1,this.cursor=null,this.query={},this.round=0}get hasMore(){return this.cursor!==null}load(e){return this.query=e,this.ask({limit:Y},!0)}reload(){return this.ask({limit:Math.min(Ze,Math.max(Y,this.items.length))},!0)}async more(){this.isLoading||this.cursor===null||await this.ask({limit:Y,cursor:this.cursor},!1)}replace(e){let t=new Map(e.map(e=>[e.id,e]));this.items=this.items.map(e=>t.get(e.id)??e),this.changed()}remove(e){let t=this.items.length;this.items=this.items.filter(t=>!e.includes(t.id)),this.total-=t-this.items.length,this.changed()}async ask(e,t){let n=++this.round;this.isLoading=!0,this.changed();try{let r=await this.api().archives({...this.query,...e,facets:t});if(n!==this.round)return;let i=new Set(t?[]:this.items.map(e=>e.id));this.items=t?r.archives:[...this.items,...r.archives.filter(e=>!i.has(e.id))],this.total=r.total,this.isTotalExact=r.is_total_exact,this.cursor=r.cursor,this.facets=r.facets??this.facets,this.error=null,this.isKnown=!0}catch(e){if(n!==this.round)return;this.error=e}this.isLoading=!1,this.changed()}},$e=r`
.table{width:100%;border-collapse:collapse;table-layout:fixed}.table th{padding:0 8px;height:44px;font-weight:var(--ha-font-weight-medium,500);text-align:start}.table th button{display:inline-flex;align-items:center;gap:4px;max-width:100%;min-height:44px;padding:0;border:0;background:none;color:inherit;font:inherit;font-weight:inherit;text-align:start;cursor:pointer}.table th .icon{--mdc-icon-size:16px;width:16px;height:16px}.table tr.item{height:57px;border-top:1px solid var(--divider-color)}.table tr.current{background:color-mix(in srgb,var(--primary-color) 12%,transparent)}.table td{height:56px;padding:0 8px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}.table td:first-child{overflow:visible}.table .first{display:grid;grid-template-columns:auto minmax(0,1fr) auto;align-items:center;gap:12px}.table bvp-picture{width:40px}.table input[type="checkbox"]{margin:0 10px}.table .names{display:grid;min-width:0}.table .names > *{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}.table .link{color:inherit;font-weight:var(--ha-font-weight-medium,500);text-decoration:none}.table .link:hover{text-decoration:underline}.table .swatches{flex-wrap:nowrap}.table .sign{vertical-align:middle;display:inline-flex;align-items:center;gap:4px}.table .sign .icon{--mdc-icon-size:18px;width:18px;height:18px}.table .printed .icon{color:var(--success-color)}.table .failed .icon{color:var(--error-color)}.table .end-cell{width:52px;padding:0;overflow:visible;text-overflow:clip}.table .name-cell{width:var(--bvp-name-width)}`,X=[{label:`archive.received`,sorts:[`newest`,`oldest`],cell:(e,t)=>e.format.date(t.received_at)},{label:`queue.time`,sorts:[`print_time`],cell:(e,{print_time_s:t})=>t===null?``:e.format.duration(t)},{label:`archive.result`,cell:(e,t)=>nt(e,t)},{label:`fact.weight`,sorts:[`filament`],cell:(e,{filament_g:t})=>t===null?``:e.format.weight(t)},{label:`archive.material`,cell:(e,t)=>u(t.filament_colors,t.filament_types)},{label:`archive.model`,cell:(e,t)=>v(t.sliced_for)},{label:`archive.size`,sorts:[`size`],cell:(e,t)=>e.format.bytes(t.size_bytes)}],Z=112,et=320,tt=[`name`,`oldest`];function nt(e,n){let r=P(n);if(!r)return t;let i=r===`failed`?F(e,n):e.t(`archive.printed_times`,{count:n.print_count});return r===`failed`?Q(r,`mdi:close-circle-outline`,e.t(`stats.failed`),i):Q(r,`mdi:check-circle-outline`,e.format.number(n.print_count),i)}function Q(e,t,n,r){return i`<span class="sign ${e}" title=${r}
>${a(t)}<span aria-hidden="true">${n}</span><span class="visually-hidden">${r}</span></span
>`}function rt(e,n,r,o,s){let c=r?.includes(o)??!1,l=tt.includes(o);return r?i`<th
scope="col"
class=${n===`archive.sort_name`?`name-cell`:``}
aria-sort=${c?l?`ascending`:`descending`:`none`}
>
<button
type="button"
@click=${()=>s(o===r[0]?r[1]??r[0]:r[0])}
>
<span>${e.t(n)}</span>
${c?a(l?`mdi:arrow-up`:`mdi:arrow-down`):t}
</button>
</th>`:i`<th scope="col">${e.t(n)}</th>`}function it(e,t,n,r){let a=Math.floor((r.width-et)/Z),o=X.slice(0,Math.max(0,a)),s=o.length?`${r.width-52-o.length*Z}px`:`auto`;return i`<table
class="table card"
style="--bvp-name-width:${s}"
aria-rowcount=${t.length+1}
>
<thead>
<tr>
${rt(e,`archive.sort_name`,[`name`],r.sort,r.onSort)}
${o.map(t=>rt(e,t.label,t.sorts,r.sort,r.onSort))}
<th class="end-cell"><span class="visually-hidden">${e.t(`archive.again`)}</span></th>
</tr>
</thead>
<tbody class="known">
<tr aria-hidden="true" style="height:${n.before}px"></tr>
${x(t.slice(n.from,n.to),e=>e.id,(t,i)=>at(e,t,n.from+i,o,r.of(t)))}
<tr aria-hidden="true" style="height:${n.after}px"></tr>
</tbody>
</table>`}function at(e,t,n,r,a){return i`<tr
id="tile-${t.id}"
class=${a.isCurrent||a.selected?`item current`:`item`}
aria-rowindex=${n+2}
>
${D([t,e,r.length,a.canAct,a.isCurrent,a.selected],()=>ot(e,t,r,a))}
</tr>`}function ot(e,n,r,a){return i`<td>
<div class="first">
${a.selected===null?i`<bvp-picture .src=${n.picture_small}></bvp-picture>`:i`<input
type="checkbox"
aria-label=${e.t(`archive.select_named`,{name:n.name})}
.checked=${a.selected}
@change=${e=>a.onSelect(e.target.checked)}
/>`}
<span class="names">
<a
class="link touch"
href=${a.href}
title=${n.name}
aria-current=${a.isCurrent?`true`:t}
@click=${a.onOpen}
>${n.name}</a
>
${r.length<2?i`<span class="secondary small"
>${X[0].cell(e,n)} · ${X[1].cell(e,n)}
${nt(e,n)}</span
>`:t}
</span>
${n.photo_count?Q(`secondary`,`mdi:camera-outline`,`${n.photo_count}`,e.t(`fact.photos`,{count:n.photo_count})):t}
</div>
</td>
${r.map(t=>i`<td>${t.cell(e,n)}</td>`)}
<td class="end-cell">
${m(`decide`,[n])?o({label:e.t(`archive.again_named`,{name:n.name}),icon:`mdi:playlist-plus`,disabled:!a.canAct,onClick:a.onAgain}):t}
</td>`}var st=4,ct=16,lt=60;function ut(e,t,n,r){if(!t||!t.rowHeight||!r)return{from:0,to:Math.min(e,lt),before:0,after:0};let{columns:i,rowHeight:a}=t,o=Math.ceil(e/i),s=e=>Math.max(0,Math.min(o,e)),c=i===1?ct:1,l=Math.min(Math.floor(n/a),o-1)-st,u=Math.ceil((n+r)/a)+st,d=s(Math.floor(l/c)*c),f=Math.max(d,s(Math.ceil(u/c)*c));return{from:d*i,to:Math.min(e,f*i),before:d*a,after:(o-f)*a}}function dt(e){let t=e.querySelector(`tr.item`)?.getBoundingClientRect().height;return t?{columns:1,rowHeight:t}:null}function ft(e){let t=e.firstElementChild;if(!t)return null;let n=getComputedStyle(e),r=t.getBoundingClientRect().height,i=n.gridTemplateColumns.split(` `).filter(e=>e.endsWith(`px`)).length;return r&&i?{columns:i,rowHeight:r+(parseFloat(n.rowGap)||0)}:null}var pt=[{id:`grid`,icon:`mdi:view-grid-outline`,label:`archive.view_grid`},{id:`list`,icon:`mdi:format-list-bulleted`,label:`archive.view_list`},{id:`calendar`,icon:`mdi:calendar-month-outline`,label:`archive.view_calendar`}],mt=`bvp-archive-view`,$=class extends ie{constructor(...e){super(...e),this.filters=W(new URLSearchParams),this.selected=null,this.dialog=null,this.problem=``,this.isSending=!1,this.version=0,this.pages=new Qe(()=>this.app.api,()=>this.requestUpdate()),this.shown=ut(0,null,0,0),this.layout=null,this.view=`grid`,this.width=0,this.watched=null,this.isMeasuring=!1,this.asked=``,this.stats=``,this.listTop=0,this.openId=null,this.sentinel=typeof IntersectionObserver>`u`?null:new IntersectionObserver(e=>{e.some(e=>e.isIntersecting)&&this.pages.more()},{rootMargin:`800px`}),this.resized=typeof ResizeObserver>`u`?null:new ResizeObserver(()=>this.measure()),this.measure=()=>{this.isMeasuring||(this.isMeasuring=!0,requestAnimationFrame(()=>{this.isMeasuring=!1;let e=this.renderRoot.querySelector(`.known`),t=this.scroller;if(!e||!t)return;this.layout=(e.matches(`tbody`)?dt(e):ft(e))??this.layout;let n=Math.round(e.getBoundingClientRect().width);n!==this.width&&(this.width=n,this.requestUpdate());let r=this.shownNow(e,t);(r.from!==this.shown.from||r.to!==this.shown.to)&&this.requestUpdate()}))},this.onKey=e=>{this.app?.shortcuts&&!re(e)&&this.onShortcut(e.key)&&(e.preventDefault(),e.stopPropagation())}}static{this.styles=[d,b,Re,$e,le,oe,r`
:host{display:block}.page{display:grid;grid-template-columns:minmax(0,1fr);gap:24px;max-width:calc(1200px + 2 * var(--bvp-gutter));margin:0 auto;padding:16px var(--bvp-gutter) 32px}.page.open{grid-template-columns:minmax(0,1fr) minmax(360px,440px);max-width:1560px}.detail{position:sticky;top:16px;align-self:start;max-height:calc(100dvh - var(--bvp-header) - 32px);overflow:auto}:host([narrow]) .page{padding:8px var(--bvp-gutter) 24px}.count{display:flex;flex-wrap:wrap;align-items:center;gap:0 8px;min-height:56px}.count .text{flex:1}.bulk{position:sticky;top:0;z-index:2;display:flex;flex-wrap:wrap;align-items:center;gap:8px;padding:8px 0;background:var(--primary-background-color)}.bulk .text{flex:1 0 auto;font-weight:var(--ha-font-weight-medium,500)}.acts{display:flex;flex-wrap:wrap;gap:8px}:host([narrow]) .acts{flex:1 0 100%;justify-content:space-between}.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));gap:16px}:host([narrow]) .grid{grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:12px}.skeleton{padding-inline:0}.end{display:grid;justify-items:center;padding:16px}`]}connectedCallback(){super.connectedCallback(),this.watched=this.parentElement,this.watched?.addEventListener(`scroll`,this.measure,{passive:!0}),this.resized?.observe(this),document.addEventListener(`keydown`,this.onKey),this.pages.isKnown&&this.pages.reload()}disconnectedCallback(){super.disconnectedCallback(),document.removeEventListener(`keydown`,this.onKey),this.sentinel?.disconnect(),this.resized?.disconnect(),this.watched?.removeEventListener(`scroll`,this.measure),this.watched=null}shownNow(e,t){let n=e&&t?t.getBoundingClientRect().top-e.getBoundingClientRect().top:0;return ut(this.pages.items.length,this.layout,n,t?.clientHeight??0)}willUpdate(e){if(e.has(`route`)){let e=ce(pt,this.route,mt);e!==this.view&&(this.view=e,this.layout=null,e===`calendar`&&(this.selected=null)),this.filters=W(this.route.query);let t=q(this.filters),n=JSON.stringify(t);n!==this.asked&&(this.asked=n,this.pages.load(t))}e.has(`state`)&&this.followLibrary();let t=this.hasUpdated?this.renderRoot.querySelector(`.known`):null;this.shown=this.shownNow(t,this.scroller)}followLibrary(){let{stats:e,connection:t}=this.state;if(!e||t!==`live`)return;let n=JSON.stringify([e.archives,e.ever_archived,e.printed]);this.stats&&n!==this.stats&&(this.version++,this.pages.isKnown&&this.pages.reload()),this.stats=n}updated(e){super.updated(e),this.sentinel?.disconnect();let t=this.renderRoot.querySelector(`.end`);t&&this.sentinel?.observe(t),this.measure();let n=this.route.id;if(n===this.openId)return;let r=this.openId;this.openId=n,this.onOpened(r,n)}onOpened(e,t){t&&this.narrow&&this.scroller&&(this.scroller.scrollTop=0),!t&&e&&(this.renderRoot.querySelector(`#tile-${CSS.escape(e)} .link`)?.focus({preventScroll:!0}),this.narrow&&requestAnimationFrame(()=>{this.scroller&&(this.scroller.scrollTop=this.listTop)}))}get scroller(){return this.parentElement}get canAct(){return this.state.connection===`live`}get chosen(){return this.pages.items.filter(e=>this.selected?.has(e.id))}focusSearch(){return this.renderRoot.querySelector(`bvp-archive-filters`)?.focusSearch()??!1}address(e={},t=this.filters){let n=[...this.route.query].filter(([e])=>e===`view`||e===`month`);return{...G(t),...Object.fromEntries(n),...e}}lookAs(e){de(mt,e),this.app.go(`archive`,this.narrow?null:this.route.id,this.address({view:e}),!0)}get month(){let e=this.route.query.get(`month`)??``;return me(e)?e:this.app.format.dayKey(new Date).slice(0,7)}async export(e){let t=await this.app.attempt(this.app.api.exportArchives(q(this.filters),e));t&&Object.assign(document.createElement(`a`),{href:t.url,download:``}).click()}open(e){e&&!this.route.id&&(this.listTop=this.scroller?.scrollTop??0);let t=!this.narrow&&e!==null&&this.route.id!==null;this.app.go(`archive`,e,this.address(),t)}look(e,t){this.app.go(`archive`,this.narrow?null:this.route.id,this.address({},e),t)}onShortcut(e){let t=this.renderRoot,n=[...t.querySelectorAll(`.link`)],r=n.indexOf(t.activeElement);switch(e){case`j`:case`k`:return n[Math.max(0,Math.min(n.length-1,r+(e===`j`?1:-1)))]?.focus(),!0;case`x`:{let e=this.pages.items[this.shown.from+r];return r>=0&&e&&this.select(e.id,!this.selected?.has(e.id)),r>=0}case`u`:{let e=(r>=0?this.pages.items[this.shown.from+r]:void 0)??this.pages.items.find(e=>e.id===this.route.id);return e&&this.canAct&&m(`decide`,[e])&&this.plan([e]),!!e}case`Escape`:if(this.selected)this.selected=null;else if(this.route.id)this.open(null);else return!1;return!0;default:return!1}}select(e,t){let n=new Set(this.selected??[]);t?n.add(e):n.delete(e),this.selected=n}selectAll(){let e=this.pages.items.map(e=>e.id);this.selected=new Set(this.selected?.size===e.length?[]:e)}async plan(e,t=null){let n={kind:`queue`,archives:e,plate:t,details:null};this.dialog=n,this.problem=``;let[r]=e;if(!r||e.length>1)return;let i=await this.app.attempt(this.app.api.archive(r.id));i&&this.dialog===n&&(this.dialog={...n,details:i})}async queue(e,{plan:t,ids:n}){let{plate:r}=e,i=e.archives.length>1?e.archives.filter(({id:e})=>n.includes(e)):e.archives;this.problem=``,this.isSending=!0;let a=await De(this.app,i,r?{...t,plates:[r.number]}:t,e=>this.problem=e);this.isSending=!1,this.version++,this.dialog===e&&(a.length?this.dialog={...e,archives:a}:this.done())}async delete(e,t){this.done();let n=await Oe(this.app,e,t);this.pages.remove(n),this.route.id&&n.includes(this.route.id)&&this.app.go(`archive`,null,this.address(),!0)}async change(e){this.done(),this.pages.replace(await e),this.version++}done(){this.dialog=null,this.selected=null}subject(e){let{archives:t,plate:n,details:r}=e,[i]=t;return t.length>1?{name:this.t(`archive.files`,{count:t.length}),files:t,of:`archive_ids`,sliced_for:``,print_time_s:null,filament_g:null,cost:null,plates:[],plan:null}:n?{name:n.name||i.name,sliced_for:i.sliced_for,print_time_s:n.print_time_s,filament_g:n.filament_g,cost:null,plates:[],plan:null,not_queueable:r?.not_queueable??null,file:{archive_id:i.id},only:[n.number]}:{...r??i,plates:r?.plates??[],plan:null,file:{archive_id:i.id}}}dialogs(){let{dialog:e,app:n}=this,r=()=>this.dialog=null;switch(e?.kind){case`queue`:return i`<bvp-queue-dialog
.app=${n}
.targets=${this.state.targets}
.subject=${this.subject(e)}
.problem=${this.problem}
.busy=${this.isSending}
@closed=${r}
@queue=${t=>void this.queue(e,t.detail)}
></bvp-queue-dialog>`;case`delete`:return i`<bvp-archive-delete
.app=${n}
.archives=${e.archives}
@closed=${r}
@delete=${t=>void this.delete(e.archives,t.detail)}
></bvp-archive-delete>`;case`tag`:case`project`:{let t=e.kind===`tag`,a=this.pages.facets?.[t?`tags`:`projects`]??[];return i`<bvp-text-dialog
.app=${n}
.heading=${this.t(t?`archive.tag_add`:`archive.project_set`)}
.label=${this.t(t?`archive.tag`:`archive.project`)}
.confirm=${this.t(`common.save`)}
.suggestions=${a.slice(0,12).map(e=>e.value)}
@closed=${r}
@done=${r=>void this.change((t?je:Ae)(n,e.archives,r.detail))}
></bvp-text-dialog>`}default:return t}}bulk(){let e=this.chosen,n=!this.canAct||!e.length,r=t=>()=>this.dialog={kind:t,archives:e},a=e.length>0&&e.every(e=>e.favourite),s=(e,t,r)=>this.narrow?o({label:e,icon:t,disabled:n,onClick:r}):h({label:e,icon:t,disabled:n,onClick:r});return i`<div class="bulk" role="toolbar" aria-label=${this.t(`common.select`)}>
${o({label:this.t(`common.close`),icon:`mdi:close`,onClick:()=>this.selected=null})}
<span class="text" role="status">${this.t(`archive.chosen`,{count:e.length})}</span>
${h({label:this.t(this.selected?.size===this.pages.items.length?`common.select_none`:`common.select_all`),look:`plain`,onClick:()=>this.selectAll()})}
<span class="acts">
${m(`decide`,e)?s(this.t(`verb.queue_dots`),`mdi:playlist-plus`,()=>void this.plan(e)):t}
${m(`work`,e)?[s(this.t(`archive.tag`),`mdi:tag-plus-outline`,r(`tag`)),s(this.t(`archive.project`),`mdi:folder-outline`,r(`project`)),s(this.t(a?`archive.unfavourite`:`fact.favourite`),a?`mdi:star-off-outline`:`mdi:star-outline`,()=>void this.change(j(this.app,e,!a)))]:t}
${m(`delete`,e)?s(this.t(`archive.delete`),`mdi:delete-outline`,r(`delete`)):t}
</span>
</div>`}options(e){return{canAct:this.canAct,isCurrent:e.id===this.route.id,selected:this.selected?this.selected.has(e.id):null,href:this.app.url(`archive`,e.id,this.address()),onOpen:t=>N(t,()=>this.selected?this.select(e.id,!this.selected.has(e.id)):this.open(e.id)),onSelect:t=>this.select(e.id,t),onFavourite:()=>void j(this.app,[e],!e.favourite).then(e=>this.pages.replace(e)),onAgain:()=>void this.plan([e])}}calendar(){return i`<bvp-archive-calendar
.app=${this.app}
.query=${q({...this.filters,from:``,to:``})}
.month=${this.month}
.version=${this.version}
.narrow=${this.narrow}
.href=${e=>this.app.url(`archive`,e,this.address())}
@open=${e=>this.open(e.detail)}
@month=${e=>this.app.go(`archive`,null,this.address({month:e.detail}),!0)}
@day=${({detail:e})=>this.app.go(`archive`,null,this.address({view:`grid`},{...this.filters,from:e,to:e}))}
></bvp-archive-calendar>`}nothingFound(){return K(this.filters)?S(`mdi:archive-search-outline`,this.t(`archive.empty`),h({label:this.t(`archive.clear`),icon:`mdi:filter-remove`,onClick:()=>this.look(Ke(this.filters),!1)})):S(`mdi:archive-outline`,this.t(`archive.empty_library`))}found(){let{pages:n}=this;return this.view===`calendar`?this.calendar():n.error&&!n.items.length?e(`error`,this.app.sayError(n.error),h({label:this.t(`archive.retry`),look:`plain`,onClick:()=>void n.reload()})):n.isKnown?n.items.length?i`${this.view===`list`?this.table():this.tiles()}
${n.hasMore?i`<div class="end">
${h({label:this.t(`archive.more`),disabled:n.isLoading,onClick:()=>void n.more()})}
</div>`:t}`:this.nothingFound():se(`archive`,this.view===`list`?`rows`:``)}table(){return it(this.app,this.pages.items,this.shown,{width:this.width||this.clientWidth,sort:this.filters.sort,onSort:e=>this.look({...this.filters,sort:e},!1),of:e=>this.options(e)})}tiles(){let{from:e,to:t,before:n,after:r}=this.shown;return i`<ul class="grid known" style="padding-block:${n}px ${r}px">
${x(this.pages.items.slice(e,t),e=>e.id,e=>i`<li
id="tile-${e.id}"
class="tile card ${this.selected?.has(e.id)||e.id===this.route.id?`selected`:``}"
>
${D([e,this.app,this.canAct,this.filters,e.id===this.route.id,this.selected?.has(e.id)],()=>ze(this.app,e,this.options(e)))}
</li>`)}
</ul>`}list(){let{pages:e}=this,n=this.state.stats?.archive_bytes,r=[e.isTotalExact?this.t(`archive.files`,{count:e.total}):this.t(`archive.files_more`,{count:this.app.format.number(e.total)}),n&&!K(this.filters)?this.app.format.bytes(n):``].filter(Boolean);return i`<section aria-label=${this.t(`tab.archive`)}>
<bvp-archive-filters
.app=${this.app}
.filters=${this.filters}
.facets=${e.facets}
@change-filters=${e=>this.look(e.detail.filters,e.detail.replace)}
></bvp-archive-filters>
${this.selected?this.bulk():i`<div class="count">
<span class="text secondary" role="status"
>${e.isKnown?r.join(` · `):``}</span
>
${e.items.length?i`<bvp-menu
.app=${this.app}
.label=${this.t(`archive.export`)}
icon="mdi:table-arrow-down"
.items=${[`csv`,`xlsx`].map(e=>({label:this.t(`archive.export_${e}`),icon:e===`csv`?`mdi:file-delimited-outline`:`mdi:file-table-outline`,onClick:()=>void this.export(e)}))}
></bvp-menu>`:t}
${e.items.length&&this.view!==`calendar`?(this.narrow?o:h)({label:this.t(`common.select`),icon:`mdi:checkbox-multiple-marked-outline`,look:`plain`,onClick:()=>this.selected=new Set}):t}
${ue(this.app,pt,this.view,e=>this.lookAs(e))}
</div>`}
${this.found()}
</section>`}detail(e){return i`<bvp-archive-detail
class=${this.narrow?``:`detail card`}
.app=${this.app}
.archiveId=${e}
.known=${this.pages.items.find(t=>t.id===e)}
.version=${this.version}
.narrow=${this.narrow}
.canAct=${this.canAct}
@back=${()=>this.open(null)}
@changed=${e=>this.pages.replace([e.detail])}
@again=${e=>void this.plan([e.detail.archive],e.detail.plate)}
@remove=${e=>this.dialog={kind:`delete`,archives:[e.detail]}}
></bvp-archive-detail>`}render(){let e=this.route.id;return e&&this.narrow?i`${this.detail(e)} ${this.dialogs()}`:i`<div class="page ${e?`open`:``}">
${this.list()} ${e?this.detail(e):t}
</div>
${this.dialogs()}`}};f([n()],$.prototype,`filters`,void 0),f([n()],$.prototype,`selected`,void 0),f([n()],$.prototype,`dialog`,void 0),f([n()],$.prototype,`problem`,void 0),f([n()],$.prototype,`isSending`,void 0),f([n()],$.prototype,`version`,void 0),$=f([g(`bvp-archive`)],$);export{$ as BvpArchive};