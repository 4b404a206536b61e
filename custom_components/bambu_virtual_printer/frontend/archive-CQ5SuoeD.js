import{A as e,D as t,E as n,H as r,L as i,M as a,O as o,R as s,a as c,c as l,d as u,f as d,g as f,h as p,i as m,j as h,k as g,m as _,n as v,o as y,p as ee,s as b,z as x}from"./shared-BFhIT7mv.js";import{a as te,i as ne,t as S}from"./text-dialog-Cce_drZa.js";import{t as re}from"./menu-BI0Iis21.js";import{t as C}from"./empty-D-Lo28Ml.js";import{n as ie,t as w}from"./element-D271PFGM.js";import{t as ae}from"./plates-P-063iiL.js";import{n as oe,r as se,t as ce}from"./view-choice-Cy9_exl_.js";import{s as le}from"./router-eVik0JGx.js";import{i as ue,n as de,r as fe}from"./judging-C9moxjat.js";import"./dialog-BfpsXnX1.js";import{t as pe}from"./form-D0_XY3rb.js";import{t as me}from"./pick-files-Cb8ssEMp.js";import{n as he,t as T}from"./live-DcnYzM3E.js";import{t as ge}from"./qr-B5ji2Tgi.js";import{n as _e,t as ve}from"./sender-CYUCE5Uo.js";import{n as ye}from"./links-B2WP-_Kv.js";import{t as be}from"./preload-helper-BQUUbbNx.js";var xe={},E=ne(class extends te{constructor(){super(...arguments),this.ot=xe}render(e,t){return t()}update(e,[t,n]){if(Array.isArray(t)){if(Array.isArray(this.ot)&&this.ot.length===t.length&&t.every((e,t)=>e===this.ot[t]))return s}else if(this.ot===t)return s;return this.ot=Array.isArray(t)?Array.from(t):t,this.render(t,n)}}),D=8e3;function O(e,t){t[0]&&e.toast({message:e.sayError(t[0].error),duration:D})}async function Se(e,t,n){let r=[];for(let i of t){let t=await e.attempt(e.api.queueArchive(i.id,n));r.push(...t?.jobs??[])}let[i]=r;if(!i)return;let a=e.t(`archive.queued`,{count:r.length});e.announce(a),e.toast({message:a,duration:D,action:{text:e.t(`common.show`),run:()=>e.go(`queue`,i.id)}})}async function Ce(e,t,n){let r=await e.attempt(e.api.deleteArchives(t.map(e=>e.id),n));if(!r)return[];let{undo:i}=r;return r.failed.length?O(e,r.failed):e.toast({message:e.t(`archive.deleted`,{count:r.deleted.length}),duration:D,...i?{action:{text:e.t(`common.undo`),run:()=>void we(e,i.ids)}}:{}}),r.deleted}async function we(e,t){let n=await e.attempt(e.api.restoreArchives(t));n&&(n.failed.length?O(e,n.failed):e.toast(e.t(`archive.restored`,{count:n.archives.length})))}async function k(e,t,n){let r=await e.attempt(e.api.updateArchives(t.map(e=>e.id),n));return O(e,r?.failed??[]),r?.archives??[]}function A(e,t,n){return k(e,t,{favourite:n})}function Te(e,t,n){return k(e,t,{project:n.trim()})}async function Ee(e,t,n){let r=n.split(`,`).map(e=>e.trim()).filter(Boolean);if(!r.length)return[];let i=new Map;for(let e of t){let t=JSON.stringify([...new Set([...e.tags,...r])]);i.set(t,[...i.get(t)??[],e])}let a=[];for(let[t,n]of i)a.push(...await k(e,n,{tags:JSON.parse(t)}));return a}var De=864e5;function j(e,t){return new Date(Date.parse(`${e}T00:00:00Z`)+t*De).toISOString().slice(0,10)}var M=e=>j(e,1),Oe=e=>j(e,-1);function ke(e){return/^\d{4}-(0[1-9]|1[0-2])$/.test(e)}function Ae(e,t){let[n,r]=e.split(`-`).map(Number);return new Date(Date.UTC(n,r-1+t,1)).toISOString().slice(0,7)}function N(e,t){let n=`${e}-01`,r=(new Date(`${n}T00:00:00Z`).getUTCDay()-t+7)%7,i=[],a=j(n,-r);for(;a.slice(0,7)<=e;){let e=[];for(let t=0;t<7;t++)e.push(a),a=M(a);i.push(e)}return i}var je=r`
.prints li{display: flex;align-items: start;gap: 8px;padding: 4px 0;}.prints a{color: inherit;}.prints .icon{--mdc-icon-size: 18px;width: 18px;height: 18px;margin-top: 2px;color: var(--secondary-text-color);}.prints .completed > .icon{color: var(--success-color);}.prints .failed > .icon{color: var(--error-color);}.prints li > :nth-child(2){flex: 1;min-width: 0;overflow-wrap: anywhere;}.prints li > button,.prints .judge{flex: none;margin-block: -8px;}.prints .judge .icon{margin: 0;color: inherit;}.prints .judged{display: inline-flex;align-items: start;gap: 4px;}.others{display: grid;gap: 4px;}.others a{display: flex;align-items: center;gap: 12px;min-height: 44px;color: inherit;text-decoration: none;}.others bvp-picture{flex: none;width: 40px;}`,Me={pending:`mdi:playlist-play`,staged:`mdi:pause-circle-outline`,waiting:`mdi:playlist-play`,dispatching:`mdi:upload-network`,printing:`mdi:printer-3d-nozzle`,completed:`mdi:check-circle`,failed:`mdi:close-circle`,skipped:`mdi:skip-next-circle-outline`,cancelled:`mdi:cancel`},Ne=[`completed`,`failed`,`skipped`,`cancelled`];function Pe(e,t,n,r){return x`<ul class="prints">
${t.map(t=>{let a=t.finished_at??t.started_at,o=[t.plate_count>1?e.t(`archive.plate`,{plate:t.plate}):``,t.printed_on??``,a?e.format.moment(a):``,typeof t.energy_kwh==`number`?e.format.energy(t.energy_kwh):``,t.energy_cost?e.format.money(t.energy_cost):``].filter(Boolean).join(` · `),s=e.say(t.status);return x`<li class=${t.verdict===`failed`?`failed`:t.state}>
${h(Me[t.verdict===`failed`?`failed`:t.state])}<span
>${Ne.includes(t.state)?s:x`<a
href=${e.url(`queue`,t.id)}
@click=${n=>F(n,()=>e.go(`queue`,t.id))}
>${s}</a
>`}
${t.error&&t.state===`failed`?x`: ${t.error}`:i}
${Fe(e,t)} <span class="secondary">${o}</span></span
>
${Ie(e,t,n,r)}
</li>`})}
</ul>`}function Fe(e,t){if(!t.verdict)return i;let n=e.t(t.verdict===`good`?`prints.good`:`prints.failed`),r=[t.verdict_reason?`${n}: ${t.verdict_reason}`:n,t.verdict_by];return x`<span class="judged"
>${h(t.verdict===`good`?`mdi:thumb-up-outline`:`mdi:thumb-down-outline`)}${r.filter(Boolean).join(` · `)}</span
>`}function Ie(t,n,r,o){return ue(n)?e({label:t.t(`printers.again_heading`),icon:`mdi:repeat`,look:`plain`,disabled:o,onClick:()=>r.offer(n)}):fe(n)?x`<span class="judge">
${a({label:t.t(`prints.judge_good`),icon:`mdi:thumb-up-outline`,disabled:o,onClick:()=>void r.good(r.of(n))})}
${a({label:t.t(`prints.judge_failed`),icon:`mdi:thumb-down-outline`,disabled:o,onClick:()=>r.failed(r.of(n))})}
</span>`:i}function P(e,t){return x`<ul class="others">
${t.map(t=>x`<li>
<a
href=${e.url(`archive`,t.id)}
@click=${n=>F(n,()=>e.go(`archive`,t.id))}
>
<bvp-picture .src=${t.picture_small}></bvp-picture>
<span
>${t.name}<br /><span class="secondary"
>${e.format.moment(t.received_at)}</span
></span
>
</a>
</li>`)}
</ul>`}function F(e,t){e.ctrlKey||e.metaKey||e.shiftKey||e.button!==0||(e.preventDefault(),e.stopPropagation(),t())}var Le=r`
.tile{position: relative;display: flex;flex-direction: column;overflow: hidden;}.tile.selected{outline: 2px solid var(--primary-color);outline-offset: -2px;}.tile bvp-picture{--bvp-picture-radius: 0;}.tile .link{display: flex;flex: 1;flex-direction: column;color: inherit;text-decoration: none;}.tile .link:focus-visible{outline-offset: -3px;}.tile .text{display: grid;gap: 2px;padding: 8px 12px;}.tile .name{overflow: hidden;font-weight: var(--ha-font-weight-medium,500);text-overflow: ellipsis;white-space: nowrap;}/* All tiles are of one height: the list is drawn in part. */
.tile .line{min-height: 1lh;overflow: hidden;text-overflow: ellipsis;white-space: nowrap;}.tile .swatches{flex-wrap: nowrap;}.badges{position: absolute;display: flex;gap: 4px;inset-block-start: 8px;inset-inline-start: 8px;}.badge{--mdc-icon-size: 14px;display: inline-flex;align-items: center;gap: 4px;padding: 0 8px;border: 1px solid var(--divider-color);border-radius: 10px;background: var(--card-background-color);font-size: var(--ha-font-size-s,12px);line-height: 20px;}.badge .icon{width: 14px;height: 14px;}.tile .star,.tile .again{position: absolute;inset-inline-end: 4px;}.tile .star{display: flex;inset-block-start: 4px;border-radius: 50%;background: var(--card-background-color);}.tile .star .icon-button{width: 36px;height: 36px;}@media (pointer: coarse){.tile .star .icon-button{width: 44px;height: 44px;}}.tile .again{inset-block-end: 0;}.tile .last{padding-inline-end: 40px;}.tile > input[type="checkbox"]{position: absolute;width: 24px;height: 24px;inset-block-start: 12px;inset-inline-end: 12px;}`;function I(e){let t=e.last_failed_at;return t&&(!e.last_printed_at||t>e.last_printed_at)?`failed`:e.print_count?`printed`:null}function L(e,t){return t.last_failure?e.t(`known.failed`,{reason:e.say(t.last_failure)}):e.t(`archive.failed`)}function Re(e,t,n){let{format:r,t:o}=e,s=[t.print_time_s===null?``:r.duration(t.print_time_s),t.filament_g===null?``:r.weight(t.filament_g)].filter(Boolean).join(` · `),c=[r.date(t.received_at),t.sender,t.instance,t.sliced_for?v(t.sliced_for):``].filter(Boolean).join(` · `);return x`<a
class="link"
href=${n.href}
aria-current=${n.isCurrent?`true`:i}
@click=${n.onOpen}
>
<bvp-picture .src=${t.picture_small}></bvp-picture>
<span class="text">
<span class="name" title=${t.name}>${t.name}</span>
<span class="line">${s}</span>
<span class="line">${l(t.filament_colors,t.filament_types)}</span>
<span class="line last secondary">${c}</span>
</span>
<span class="badges">
${t.plate_count>1?R(`mdi:layers-outline`,`${t.plate_count}`,o(`fact.plates`,{count:t.plate_count})):i}
${t.print_count?R(`mdi:check`,r.number(t.print_count),o(`archive.printed_times`,{count:t.print_count})):i}
${I(t)===`failed`?R(`mdi:close-circle-outline`,``,L(e,t)):i}
${t.judged_failed?R(`mdi:thumb-down-outline`,r.number(t.judged_failed),o(`stats.judged_failed`)):i}
</span>
</a>
${n.selected===null?x`<span class="star"
>${a({label:o(`archive.favourite_named`,{name:t.name}),icon:t.favourite?`mdi:star`:`mdi:star-outline`,pressed:t.favourite,disabled:!n.canAct||!m(`work`,[t]),onClick:n.onFavourite})}</span
>${m(`decide`,[t])?x`<span class="again"
>${a({label:o(`archive.again_named`,{name:t.name}),icon:`mdi:playlist-plus`,disabled:!n.canAct,onClick:n.onAgain})}</span
>`:i}`:x`<input
type="checkbox"
aria-label=${o(`archive.select_named`,{name:t.name})}
.checked=${n.selected}
@change=${e=>n.onSelect(e.target.checked)}
/>`}`}function R(e,t,n){return x`<span class="badge" title=${n}
>${h(e)}${t?x`<span aria-hidden="true">${t}</span>`:i}<span class="visually-hidden">${n}</span></span
>`}var ze=500,Be=6,z=3,B={printed:`mdi:check-circle-outline`,failed:`mdi:close-circle-outline`,none:`mdi:circle-outline`},V=class extends w{constructor(...e){super(...e),this.query={},this.month=``,this.version=0,this.narrow=!1,this.href=()=>``,this.days=new Map,this.isWhole=!0,this.round=0,this.asked=``}static{this.styles=[u,r`
:host{display: block;}.top{display: flex;align-items: center;gap: 4px;margin-bottom: 8px;}.top h2{flex: 1;text-align: center;}table{width: 100%;overflow: hidden;border-collapse: collapse;table-layout: fixed;}th{height: 36px;font-weight: var(--ha-font-weight-medium,500);}td{height: 112px;padding: 0;border-top: 1px solid var(--divider-color);vertical-align: top;}td + td{border-inline-start: 1px solid var(--divider-color);}td.other{background: color-mix(in srgb,var(--secondary-background-color) 40%,transparent);}.day{display: inline-flex;align-items: center;justify-content: center;gap: 4px;min-width: 32px;min-height: 32px;padding: 0 8px;border: 0;border-radius: 16px;background: none;color: inherit;font: inherit;}button.day{cursor: pointer;font-weight: var(--ha-font-weight-medium,500);text-decoration: underline;}.today .day{border: 2px solid var(--primary-color);}li{--mdc-icon-size: 14px;}li a,li button{display: grid;grid-template-columns: auto minmax(0,1fr);align-items: center;gap: 4px;width: 100%;min-height: 24px;padding: 0 8px;border: 0;background: none;color: inherit;font: inherit;font-size: var(--ha-font-size-s,12px);text-align: start;text-decoration: none;cursor: pointer;}li a:hover{background: var(--secondary-background-color);}li .icon{width: 14px;height: 14px;color: var(--secondary-text-color);}.printed .icon{color: var(--success-color);}.failed .icon{color: var(--error-color);}.text{overflow: hidden;text-overflow: ellipsis;white-space: nowrap;}:host([narrow]) td{height: 72px;text-align: center;}:host([narrow]) .day{min-width: 44px;min-height: 44px;padding: 0;}.dots{display: flex;flex-wrap: wrap;justify-content: center;gap: 2px;}`]}willUpdate(){let e=JSON.stringify([this.query,this.month,this.version]);e!==this.asked&&(this.asked=e,this.load())}async load(){let e=++this.round,t=N(this.month,this.app.format.firstWeekday),n={...this.query,sort:`oldest`,limit:ze,received_after:`${Oe(t[0][0])}T00:00:00`,received_before:`${M(M(t.at(-1).at(-1)))}T00:00:00`},r=new Map,i=null;for(let t=0;t<Be;t++){let t=await this.app.attempt(this.app.api.archives({...n,...i?{cursor:i}:{}}));if(e!==this.round||!t)return;for(let e of t.archives){let t=this.app.format.dayKey(e.received_at);r.set(t,[...r.get(t)??[],e])}if(i=t.cursor,i===null)break}this.days=r,this.isWhole=i===null}go(e){this.dispatchEvent(new CustomEvent(`month`,{detail:Ae(this.month,e)}))}show(e){this.dispatchEvent(new CustomEvent(`day`,{detail:e}))}entry(e){let t=I(e),n=t===`failed`?L(this.app,e):t===`printed`?this.t(`archive.printed_times`,{count:e.print_count}):this.t(`archive.printed_no`);return x`<li class=${t??`none`}>
<a
href=${this.href(e.id)}
title=${`${e.name} · ${n}`}
@click=${t=>F(t,()=>this.dispatchEvent(new CustomEvent(`open`,{detail:e.id})))}
>${h(B[t??`none`])}<span class="text">${e.name}</span
><span class="visually-hidden">${n}</span></a
>
</li>`}dots(e){let t=[...new Set(e.map(e=>I(e)??`none`))];return x`<span class="dots" aria-hidden="true">
${t.map(e=>x`<span class=${e}>${h(B[e])}</span>`)}
</span>`}day(e,t){let n=this.days.get(e)??[],r=this.app.format.number(Number(e.slice(8))),a=n.length-z,o=!e.startsWith(this.month);return x`<td class=${`${o?`other`:``} ${e===t?`today`:``}`}>
${n.length?x`<button
type="button"
class="day"
aria-label=${this.t(`archive.day`,{count:n.length,date:this.app.format.date(`${e}T12:00:00`)})}
@click=${()=>this.show(e)}
>
${r}
</button>`:x`<span class="day">${r}</span>`}
${n.length?this.narrow?this.dots(n):x`<ul>
${n.slice(0,a===1?4:z).map(e=>this.entry(e))}
${a>1?x`<li>
<button type="button" @click=${()=>this.show(e)}>
${h(`mdi:dots-horizontal`)}
<span class="text">${this.t(`card.more`,{count:a})}</span>
</button>
</li>`:i}
</ul>`:i}
</td>`}render(){let{format:e}=this.app,t=N(this.month,e.firstWeekday),n=e.dayKey(new Date),r=e.monthName(new Date(`${this.month}-01T00:00:00Z`));return x`<div class="top">
${a({label:this.t(`archive.month_before`),icon:`mdi:chevron-left`,class:`turn`,onClick:()=>this.go(-1)})}
<h2 aria-live="polite">${r}</h2>
${a({label:this.t(`archive.month_after`),icon:`mdi:chevron-right`,class:`turn`,onClick:()=>this.go(1)})}
</div>
<table class="card" aria-label=${r}>
<thead>
<tr>
${t[0].map((t,n)=>x`<th scope="col">${e.weekday((e.firstWeekday+n)%7)}</th>`)}
</tr>
</thead>
<tbody>
${t.map(e=>x`<tr>${e.map(e=>this.day(e,n))}</tr>`)}
</tbody>
</table>
${this.isWhole?i:x`<p class="secondary">${this.t(`archive.calendar_part`)}</p>`}`}};f([t({attribute:!1})],V.prototype,`query`,void 0),f([t()],V.prototype,`month`,void 0),f([t({type:Number})],V.prototype,`version`,void 0),f([t({type:Boolean,reflect:!0})],V.prototype,`narrow`,void 0),f([t({attribute:!1})],V.prototype,`href`,void 0),f([n()],V.prototype,`days`,void 0),f([n()],V.prototype,`isWhole`,void 0),V=f([o(`bvp-archive-calendar`)],V);var H=class extends w{constructor(...e){super(...e),this.archives=[],this.purge=!1}static{this.styles=[u,pe,r`
p{margin-bottom: 8px;}`]}render(){let[t]=this.archives,n=this.archives.length;return x`<bvp-dialog
.app=${this.app}
.heading=${n===1?this.t(`archive.delete_title`,{name:t.name}):this.t(`archive.delete_many`,{count:n})}
@closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
>
<p>${this.t(`archive.delete_text`)}</p>
${this.app.isAdmin?x`<label class="choice"
><input
type="checkbox"
.checked=${this.purge}
@change=${e=>this.purge=e.target.checked}
/>${this.t(`archive.delete_purge`)}</label
>`:i}
${this.purge||!this.app.store.state.options.undo_minutes?x`<p>${this.t(`archive.delete_for_good`)}</p>`:i}
<span slot="actions">
${e({label:this.t(`common.cancel`),look:`plain`,onClick:()=>this.dispatchEvent(new CustomEvent(`closed`))})}
${e({label:this.t(`archive.delete`),icon:`mdi:delete-outline`,look:`danger`,onClick:()=>this.dispatchEvent(new CustomEvent(`delete`,{detail:this.purge}))})}
</span>
</bvp-dialog>`}};f([t({attribute:!1})],H.prototype,`archives`,void 0),f([n()],H.prototype,`purge`,void 0),H=f([o(`bvp-archive-delete`)],H);function Ve(e,t,n){return[t?e.t(`prints.count`,{verdict:e.t(`prints.good`),number:t}):``,n?e.t(`prints.count`,{verdict:e.t(`prints.failed`),number:n}):``].filter(Boolean).join(` · `)}function He(e,t){let n=t.filter(e=>typeof e.energy_kwh==`number`);if(!n.length)return null;let r=n.reduce((e,t)=>e+(t.energy_cost??0),0),i=e.format.energy(n.reduce((e,t)=>e+t.energy_kwh,0));return r?`${i} · ${e.format.money(r)}`:i}var U=class extends w{constructor(...e){super(...e),this.archiveId=``,this.version=0,this.narrow=!1,this.canAct=!0,this.details=null,this.error=null,this.writing=!1,this.leaving=null,this.isSending=!1,this.isShooting=!1,this.qr=new ge(this),this.judging=new de(this,()=>void this.load())}static{this.styles=[u,ee,p,b,je,r`
:host{display: block;--bvp-plates-height: 260px;}.body{display: grid;gap: 12px;padding: 16px;}.title{display: flex;align-items: start;gap: 4px;}.title h2{flex: 1;min-width: 0;padding-top: 8px;overflow-wrap: anywhere;font-size: var(--ha-font-size-xl,20px);font-weight: var(--ha-font-weight-normal,400);line-height: 1.4;}h3{margin-bottom: 4px;font-size: var(--ha-font-size-m,14px);font-weight: var(--ha-font-weight-medium,500);}.actions{display: flex;flex-wrap: wrap;gap: 8px;}a{color: inherit;overflow-wrap: anywhere;}a.button{text-decoration: none;}.rows li{display: flex;align-items: center;gap: 12px;min-height: 48px;}.rows bvp-picture{flex: none;width: 48px;}.rows .text{flex: 1;min-width: 0;}.filaments li{display: flex;align-items: center;gap: 8px;}.photos{display: grid;grid-template-columns: repeat(auto-fill,minmax(104px,1fr));gap: 8px;}.photos li{position: relative;}.photos a{display: block;}.photos .icon-button{position: absolute;inset-block-start: 0;inset-inline-end: 0;border-radius: 50%;background: var(--card-background-color);}.notes{white-space: pre-wrap;overflow-wrap: anywhere;}dl{display: grid;grid-template-columns: max-content 1fr;gap: 4px 16px;margin: 8px 0 0;}dt{color: var(--secondary-text-color);}dd{margin: 0;overflow-wrap: anywhere;}summary{min-height: 44px;padding: 10px 0;cursor: pointer;}`]}willUpdate(e){e.has(`archiveId`)&&this.details?.id!==this.archiveId&&(this.details=null,this.error=null),(e.has(`archiveId`)||e.has(`version`))&&this.load()}async load(){let e=this.archiveId;try{let t=await this.app.api.archive(e);e===this.archiveId&&(this.details=t)}catch(t){e===this.archiveId&&(this.error=t)}}get archive(){let e=this.known?.id===this.archiveId?this.known:void 0;return this.details??e}async edit(e){if(this.writing=!1,!Object.keys(e).length)return;let t=await this.app.attempt(this.app.api.updateArchives([this.archiveId],e)),n=t?.failed[0];n&&this.app.toast(this.app.sayError(n.error));let[r]=t?.archives??[];r&&(this.details?.id===r.id&&(this.details={...this.details,...r}),this.dispatchEvent(new CustomEvent(`changed`,{detail:r})))}pickPhoto(){me({accept:`image/jpeg,image/png,image/webp`},([e])=>{e&&this.addPhoto(e)})}async addPhoto(e){await this.keep(this.app.api.addPhoto(this.archiveId,e))}async chooseCamera(){await be(()=>import(`./camera-dialog-3g0zDkFd.js`),[],import.meta.url),this.isShooting=!0}async takePhoto(e){this.isShooting=!1,await this.keep(this.app.api.takePhoto(this.archiveId,e))}async keep(e){this.isSending=!0,await this.app.attempt(e),this.isSending=!1,await this.load()}get likelyCamera(){let e=this.details?.prints.find(e=>e.machine_id)?.machine_id,{printers:t}=this.app.store.state,n=t.find(t=>t.id===e)?.device_id;return this.app.cameras().find(e=>n&&e.device===n)?.id??``}async removePhoto(e){this.leaving=null,await this.app.attempt(this.app.api.removePhoto(this.archiveId,e.photo_id)),await this.load()}async copyLink(){let e=location.origin+this.app.url(`archive`,this.archiveId);this.app.toast(this.t(await he(e,this)?`common.link_copied`:`printers.not_copied`))}again(e){let{archive:t}=this;this.dispatchEvent(new CustomEvent(`again`,{detail:{archive:t,plate:e}}))}menu(e){return x`<bvp-menu
.app=${this.app}
.label=${this.t(`common.more`)}
.items=${[m(`work`,[e])&&{label:this.t(`notes.title`),icon:`mdi:pencil-outline`,disabled:!this.canAct,onClick:()=>this.writing=!0},{label:this.t(`common.copy_link`),icon:`mdi:link-variant`,onClick:()=>void this.copyLink()},this.qr.item(this.app,()=>this.app.url(`archive`,this.archiveId)),m(`delete`,[e])&&{label:this.t(`archive.delete_dots`),icon:`mdi:delete-outline`,danger:!0,disabled:!this.canAct,onClick:()=>this.dispatchEvent(new CustomEvent(`remove`,{detail:e}))}]}
></bvp-menu>`}facts(e){return x`<div class="facts">
${ae(this.app,e,this.details)} ${ve(this.app,e)}
${e.judged_good||e.judged_failed?_(`mdi:thumbs-up-down-outline`,this.t(`stats.judged`),Ve(this.app,e.judged_good??0,e.judged_failed??0)):i}
${_(`mdi:lightning-bolt-outline`,this.t(`stats.energy_kwh`),He(this.app,this.details?.prints??[]))}
${e.print_count?_(`mdi:check`,this.t(`archive.printed`),this.t(`archive.printed_times`,{count:e.print_count})):i}
</div>`}actions(t){return x`<div class="actions">
${m(`decide`,[t])?e({label:this.t(`archive.again`),icon:`mdi:playlist-plus`,look:`primary`,disabled:!this.canAct||!this.details,onClick:()=>this.again(null)}):i}
${t.download===null?i:x`<a class="button outlined" href=${t.download} download
>${h(`mdi:download`)}<span>${this.t(`common.download`)}</span></a
>`}
${m(`work`,[t])?e({label:this.t(this.isSending?`archive.photo_sending`:`archive.photo_add`),icon:`mdi:camera-plus-outline`,disabled:!this.canAct||this.isSending,onClick:()=>this.pickPhoto()}):i}
${m(`work`,[t])&&this.app.cameras().length?a({label:this.t(`archive.photo_camera`),icon:`mdi:cctv`,disabled:!this.canAct||this.isSending,onClick:()=>void this.chooseCamera()}):i}
</div>`}plates(e){if(e.length<2)return i;let{format:t}=this.app;return x`<section>
<h3>${this.t(`fact.plates_name`)}</h3>
<ul class="rows">
${e.map(e=>{let n=e.name||this.t(`archive.plate`,{plate:e.number}),r=[e.print_time_s?t.duration(e.print_time_s):``,e.filament_g?t.weight(e.filament_g):``].filter(Boolean).join(` · `);return x`<li>
<bvp-picture .src=${e.picture_small}></bvp-picture>
<span class="text"
>${n}<br /><span class="secondary"
>${r}
${l(e.filaments.map(e=>e.color),[])}</span
></span
>
${e.printable&&this.archive&&m(`decide`,[this.archive])?a({label:this.t(`archive.again_named`,{name:n}),icon:`mdi:playlist-plus`,disabled:!this.canAct,onClick:()=>this.again(e)}):i}
</li>`})}
</ul>
</section>`}filaments(e){let{format:t}=this.app;return e.filaments.length?x`<section>
<h3>${this.t(`fact.filament`)}</h3>
<ul class="filaments">
${e.filaments.map(e=>x`<li>
${y(e.color)}<span
>${e.profile||e.type}
${e.used_g?x`<span class="secondary">· ${t.weight(e.used_g)}</span>`:i}</span
>
</li>`)}
</ul>
</section>`:i}photos(e){return e.length?x`<section>
<h3>${this.t(`archive.photos`)}</h3>
<ul class="photos">
${e.map(e=>{let t=this.t(`archive.photo_of`,{time:this.app.format.moment(e.added_at)});return x`<li>
<a href=${e.url} target="_blank" rel="noreferrer"
><bvp-picture .src=${e.url} .alt=${t}></bvp-picture
></a>
${this.archive&&m(`work`,[this.archive])?a({label:this.t(`archive.photo_remove`),icon:`mdi:close`,disabled:!this.canAct,onClick:()=>this.leaving=e}):i}
</li>`})}
</ul>
</section>`:i}written(e){return x`${e.notes?x`<p class="notes">${e.notes}</p>`:i}
${e.tags.length||e.project?x`<p class="facts">
${e.project?d(`mdi:folder-outline`,e.project):i}
${e.tags.map(e=>d(`mdi:tag-outline`,e))}
</p>`:i}
${ye(e.link)?x`<p>
<a href=${e.link} target="_blank" rel="noreferrer noopener">${e.link}</a>
</p>`:i}`}said(e){let{format:t}=this.app,n=[[this.t(`archive.file_name`),e.file_name],[this.t(`archive.designer`),e.designer],[this.t(`archive.slicer`),[Ue[e.slicer]??e.slicer,e.slicer_version].filter(Boolean).join(` `)],[this.t(`archive.model`),v(e.sliced_for)],[this.t(`archive.printer_profile`),e.printer_profile],[this.t(`archive.print_profile`),e.print_profile],[this.t(`archive.nozzle`),t.list(e.nozzle_diameters_mm.map(e=>this.t(`fact.millimetres`,{millimetres:e})))],[this.t(`archive.layers`),e.total_layers===null?null:t.number(e.total_layers)],[this.t(`printers.nozzle`),e.nozzle_temperature_c===null?null:t.celsius(e.nozzle_temperature_c)],[this.t(`printers.bed`),[e.bed_temperature_c===null?``:t.celsius(e.bed_temperature_c),e.bed_type].filter(Boolean).join(` · `)],[this.t(`archive.supports`),e.support_used===null?null:this.t(e.support_used?`archive.yes`:`archive.no`)],[this.t(`archive.objects`),t.list([...new Set(e.plates.flatMap(e=>e.objects))].slice(0,40))]];return x`<details>
<summary>${this.t(`archive.everything`)}</summary>
<dl>
${n.map(([e,t])=>t?x`<dt>${e}</dt>
<dd>${t}</dd>`:i)}
</dl>
</details>`}more(e){return x`${this.photos(e.photos)} ${this.plates(e.plates)}
${this.filaments(e)}
${e.prints.length?x`<section>
<h3>${this.t(`archive.prints`)}</h3>
${Pe(this.app,e.prints,this.judging,!this.canAct)}
</section>`:i}
${e.exact.length?x`<section>
<h3>${this.t(`archive.same`)}</h3>
${P(this.app,e.exact)}
</section>`:i}
${e.similar.length?x`<section>
<h3>${this.t(`archive.similar`)}</h3>
${P(this.app,e.similar)}
</section>`:i}
${this.said(e)}`}dialogs(e){return x`${this.isShooting?x`<bvp-camera-dialog
.app=${this.app}
.cameras=${this.app.cameras()}
.chosen=${this.likelyCamera}
@taken=${e=>void this.takePhoto(e.detail)}
@closed=${()=>this.isShooting=!1}
></bvp-camera-dialog>`:i}
${this.writing?x`<bvp-notes-dialog
.app=${this.app}
.item=${e}
@save=${e=>void this.edit(e.detail)}
@closed=${()=>this.writing=!1}
></bvp-notes-dialog>`:i}
${this.leaving?x`<bvp-text-dialog
.app=${this.app}
danger
.heading=${this.t(`archive.photo_remove`)}
.question=${this.t(`archive.photo_remove_text`)}
.confirm=${this.t(`archive.delete`)}
@done=${()=>void this.removePhoto(this.leaving)}
@closed=${()=>this.leaving=null}
></bvp-text-dialog>`:i}`}render(){let{archive:e,details:t}=this,n=a({label:this.t(this.narrow?`common.back`:`common.close`),icon:this.narrow?`mdi:arrow-left`:`mdi:close`,onClick:()=>this.dispatchEvent(new CustomEvent(`back`))});if(!e)return this.error?x`<div class="body">
<div class="title">${n}</div>
${g(`error`,this.app.sayError(this.error))}
</div>`:x`<div class="body"><div class="title">${n}</div></div>`;let r=_e(e);return x`<article aria-labelledby="name">
<bvp-plates
.app=${this.app}
.cover=${e.picture}
.name=${e.name}
.plates=${t?.plates??[]}
></bvp-plates>
${this.qr.render(this.app)} ${this.judging.render()}
<div class="body">
<div class="title">
${this.narrow?n:i}
<h2 id="name" tabindex="-1">${e.name}</h2>
${a({label:this.t(`fact.favourite`),icon:e.favourite?`mdi:star`:`mdi:star-outline`,pressed:e.favourite,disabled:!this.canAct||!m(`work`,[e]),onClick:()=>void this.edit({favourite:!e.favourite})})}
${this.menu(e)} ${this.narrow?i:n}
</div>
<p class="secondary">
${this.t(r?`inbox.sent_by`:`archive.received_by`,{source:r,printer:e.printer})}
· ${this.app.format.moment(e.received_at)}
</p>
${this.facts(e)} ${this.actions(e)} ${this.written(e)}
${this.error?g(`error`,this.app.sayError(this.error)):i}
${t?this.more(t):i}
</div>
</article>
${this.dialogs(e)}`}};f([t()],U.prototype,`archiveId`,void 0),f([t({attribute:!1})],U.prototype,`known`,void 0),f([t({type:Number})],U.prototype,`version`,void 0),f([t({type:Boolean,reflect:!0})],U.prototype,`narrow`,void 0),f([t({type:Boolean})],U.prototype,`canAct`,void 0),f([n()],U.prototype,`details`,void 0),f([n()],U.prototype,`error`,void 0),f([n()],U.prototype,`writing`,void 0),f([n()],U.prototype,`leaving`,void 0),f([n()],U.prototype,`isSending`,void 0),f([n()],U.prototype,`isShooting`,void 0),U=f([o(`bvp-archive-detail`)],U);var Ue={bambu_studio:`Bambu Studio`,orca_slicer:`OrcaSlicer`},W=[`newest`,`oldest`,`name`,`print_time`,`filament`,`size`],G={q:``,tag:``,material:``,colour:``,printer:``,model:``,project:``,person:``,instance:``,printed:``,fav:``,from:``,to:``,sort:`newest`};function We(e){let t=t=>e.get(t)??``,n=Object.fromEntries(Object.keys(G).map(e=>[e,t(e)])),r=e=>/^\d{4}-\d{2}-\d{2}$/.test(e)&&!Number.isNaN(Date.parse(e));return{...n,colour:/^#[0-9a-f]{6}$/i.test(n.colour)?n.colour:``,printed:n.printed===`yes`||n.printed===`no`?n.printed:``,fav:n.fav===`1`?`1`:``,from:r(n.from)?n.from:``,to:r(n.to)?n.to:``,sort:W.find(e=>e===n.sort)??`newest`}}function K(e){return Object.fromEntries(Object.entries(e).filter(([e,t])=>t!==``&&t!==(e===`sort`?G.sort:``)))}function Ge(e){return Object.keys(K(e)).some(e=>e!==`sort`)}function Ke(e){return Object.keys(K(e)).filter(e=>e!==`sort`&&e!==`q`).length}function qe(e){return{...G,sort:e.sort}}function q(e){let{q:t,tag:n,material:r,colour:i,printer:a,model:o,project:s,person:c,instance:l,printed:u,fav:d,from:f,to:p}=e;return{sort:e.sort,...t.trim()?{search:t.trim()}:{},...n?{tags:[n]}:{},...r?{filament:r}:{},...i?{colour:i}:{},...a?{printer_id:a}:{},...o?{sliced_for:o}:{},...s?{project:s}:{},...c?{person:c}:{},...l?{instance:l}:{},...u?{printed:u===`yes`}:{},...d?{favourite:!0}:{},...f?{received_after:`${f}T00:00:00`}:{},...p?{received_before:`${M(p)}T00:00:00`}:{}}}var Je=250,Ye=6,Xe=16,Ze=e=>e.toUpperCase(),J=class extends w{constructor(...e){super(...e),this.facets=null,this.isOpen=!1,this.typed=``,this.told=``}static{this.styles=[u,pe,b,r`
:host{display: block;}.top{display: flex;flex-wrap: wrap;align-items: center;gap: 8px;}.search{position: relative;flex: 1 1 240px;}.search .icon{position: absolute;inset-block-start: 12px;inset-inline-start: 12px;color: var(--secondary-text-color);pointer-events: none;}.search input{padding-inline-start: 40px;}.top select{flex: 0 1 auto;width: auto;}.filters{display: grid;grid-template-columns: repeat(auto-fill,minmax(130px,1fr));gap: 0 16px;padding: 16px 16px 0;margin-top: 8px;}.quick{display: flex;align-items: center;gap: 4px;margin-top: 4px;overflow-x: auto;scrollbar-width: none;}.material{flex: none;min-height: 44px;padding: 0 12px;border: 1px solid transparent;border-radius: 22px;background: none;color: var(--primary-text-color);font: inherit;cursor: pointer;}.material[aria-pressed="true"]{border-color: var(--primary-text-color);}.quick .colour{flex: none;}.colour{display: grid;place-items: center;width: 44px;height: 44px;padding: 0;border: 2px solid transparent;border-radius: 50%;background: none;cursor: pointer;}.colour[aria-pressed="true"]{border-color: var(--primary-text-color);}.colour .swatch{width: 28px;height: 28px;}.clear{grid-column: 1 / -1;margin-bottom: 16px;}`]}willUpdate(){this.filters.q!==this.told&&(this.told=this.filters.q,this.typed=this.filters.q)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.typing)}focusSearch(){this.renderRoot.querySelector(`#search`)?.focus()}set(e,t=!1){clearTimeout(this.typing);let n={...this.filters,q:this.typed,...e};this.dispatchEvent(new CustomEvent(`change-filters`,{detail:{filters:n,replace:t}}))}onType(e){this.typed=e.target.value,clearTimeout(this.typing),this.typing=setTimeout(()=>{this.told=this.typed,this.set({},!0)},Je)}choice(e,t,n){let r=this.filters[e],a=!r||n.some(e=>e.value===r)?n:[...n,{value:r,label:r}];return a.length?x`<div class="field">
<label for=${e}>${this.t(t)}</label>
<select
id=${e}
.value=${T(r)}
@change=${t=>this.set({[e]:t.target.value})}
>
<option value="" ?selected=${!r}>${this.t(`archive.any`)}</option>
${a.map(e=>x`<option value=${e.value} ?selected=${e.value===r}>
${e.label}
</option>`)}
</select>
</div>`:i}counted(e,t=e=>e){return(e??[]).filter(e=>e.value).map(({value:e,count:n})=>({value:e,label:this.t(`archive.option`,{name:t(e),number:n})}))}colours(){let{colour:e}=this.filters,t=(this.facets?.colours??[]).map(e=>e.value).filter(e=>/^#[0-9a-f]{6}$/i.test(e));return[...new Set([...t.slice(0,Xe),...e?[e]:[]])].map(t=>x`<button
type="button"
class="colour"
aria-pressed=${t.toLowerCase()===e.toLowerCase()}
aria-label=${this.t(`archive.colour_named`,{colour:t})}
title=${c(t)??i}
@click=${()=>this.set({colour:t.toLowerCase()===e.toLowerCase()?``:t})}
>
${y(t)}
</button>`)}materials(){let{material:e}=this.filters,t=(this.facets?.materials??[]).map(e=>e.value).filter(Boolean);return[...new Set([...t.slice(0,Ye),...e?[e]:[]])].map(t=>x`<button
type="button"
class="material"
aria-pressed=${t===e}
@click=${()=>this.set({material:t===e?``:t})}
>
${Ze(t)}
</button>`)}quick(){let{materials:e,colours:t}=this.facets??{},{material:n,colour:r}=this.filters;return!n&&!r&&(e?.length??0)<2&&(t?.length??0)<2?i:x`<div
class="quick"
role="group"
aria-label="${this.t(`archive.material`)}, ${this.t(`archive.colour`)}"
>
${this.materials()} ${this.colours()}
</div>`}day(e,t){return x`<div class="field">
<label for=${e}>${this.t(t)}</label>
<input
id=${e}
type="date"
.value=${T(this.filters[e])}
@change=${t=>this.set({[e]:t.target.value})}
/>
</div>`}more(){let{facets:t}=this,n=e=>(e??[]).filter(e=>e.id).map(e=>({value:e.id,label:this.t(`archive.option`,{name:e.value,number:e.count})}));return x`<div class="filters card" id="filters">
${this.choice(`material`,`archive.material`,this.counted(t?.materials,Ze))}
${this.choice(`printer`,`archive.printer`,n(t?.printers))}
${this.choice(`model`,`archive.model`,this.counted(t?.sliced_for,v))}
${this.choice(`tag`,`archive.tag`,this.counted(t?.tags))}
${this.choice(`project`,`archive.project`,this.counted(t?.projects))}
${this.choice(`person`,`common.person`,n(t?.people))}
${this.choice(`instance`,`archive.instance`,(t?.instances??[]).map(({id:e,value:t})=>({value:e,label:t})))}
${this.choice(`printed`,`archive.printed`,[{value:`yes`,label:this.t(`archive.printed_yes`)},{value:`no`,label:this.t(`archive.printed_no`)}])}
${this.day(`from`,`archive.from`)} ${this.day(`to`,`archive.to`)}
${Ke(this.filters)?x`<div class="clear">
${e({label:this.t(`archive.clear`),icon:`mdi:filter-remove`,onClick:()=>this.set(qe(this.filters))})}
</div>`:i}
</div>`}render(){let{filters:e}=this,t=Ke(e);return x`<search>
<div class="top">
<div class="search">
${h(`mdi:magnify`)}
<input
id="search"
type="search"
aria-label=${this.t(`archive.search`)}
placeholder=${this.t(`archive.search`)}
.value=${T(this.typed)}
@input=${this.onType}
/>
</div>
${a({label:this.t(`archive.favourites`),icon:e.fav?`mdi:star`:`mdi:star-outline`,pressed:e.fav===`1`,onClick:()=>this.set({fav:e.fav?``:`1`})})}
<button
type="button"
class="button outlined"
aria-expanded=${this.isOpen}
aria-controls="filters"
@click=${()=>this.isOpen=!this.isOpen}
>
${h(t?`mdi:filter-check`:`mdi:filter-variant`)}<span
>${t?this.t(`archive.filters_count`,{number:t}):this.t(`archive.filters`)}</span
>
</button>
<select
aria-label=${this.t(`archive.sort`)}
.value=${T(e.sort)}
@change=${e=>this.set({sort:e.target.value})}
>
${W.map(t=>x`<option value=${t} ?selected=${t===e.sort}>
${this.t(`archive.sort_${t}`)}
</option>`)}
</select>
</div>
${this.quick()} ${this.isOpen?this.more():i}
</search>`}};f([t({attribute:!1})],J.prototype,`filters`,void 0),f([t({attribute:!1})],J.prototype,`facets`,void 0),f([n()],J.prototype,`isOpen`,void 0),f([n()],J.prototype,`typed`,void 0),J=f([o(`bvp-archive-filters`)],J);var Y=60,Qe=500,$e=class{constructor(e,t){this.api=e,this.changed=t,this.items=[],this.total=0,this.isTotalExact=!0,this.facets=null,this.error=null,this.isKnown=!1,this.isLoading=!1,this.cursor=null,this.query={},this.round=0}get hasMore(){return this.cursor!==null}load(e){return this.query=e,this.ask({limit:Y},!0)}reload(){return this.ask({limit:Math.min(Qe,Math.max(Y,this.items.length))},!0)}async more(){this.isLoading||this.cursor===null||await this.ask({limit:Y,cursor:this.cursor},!1)}replace(e){let t=new Map(e.map(e=>[e.id,e]));this.items=this.items.map(e=>t.get(e.id)??e),this.changed()}remove(e){let t=this.items.length;this.items=this.items.filter(t=>!e.includes(t.id)),this.total-=t-this.items.length,this.changed()}async ask(e,t){let n=++this.round;this.isLoading=!0,this.changed();try{let r=await this.api().archives({...this.query,...e,facets:t});if(n!==this.round)return;let i=new Set(t?[]:this.items.map(e=>e.id));this.items=t?r.archives:[...this.items,...r.archives.filter(e=>!i.has(e.id))],this.total=r.total,this.isTotalExact=r.is_total_exact,this.cursor=r.cursor,this.facets=r.facets??this.facets,this.error=null,this.isKnown=!0}catch(e){if(n!==this.round)return;this.error=e}this.isLoading=!1,this.changed()}},et=r`
.table{width: 100%;border-collapse: collapse;table-layout: fixed;}.table th{padding: 0 8px;height: 44px;font-weight: var(--ha-font-weight-medium,500);text-align: start;}.table th button{display: inline-flex;align-items: center;gap: 4px;max-width: 100%;min-height: 44px;padding: 0;border: 0;background: none;color: inherit;font: inherit;font-weight: inherit;text-align: start;cursor: pointer;}.table th .icon{--mdc-icon-size: 16px;width: 16px;height: 16px;}.table tr.item{height: 57px;border-top: 1px solid var(--divider-color);}.table tr.current{background: color-mix(in srgb,var(--primary-color) 12%,transparent);}.table td{height: 56px;padding: 0 8px;overflow: hidden;text-overflow: ellipsis;white-space: nowrap;}.table td:first-child{overflow: visible;}.table .first{display: grid;grid-template-columns: auto minmax(0,1fr);align-items: center;gap: 12px;}.table bvp-picture{width: 40px;}.table input[type="checkbox"]{margin: 0 10px;}.table .names{display: grid;min-width: 0;}.table .names > *{overflow: hidden;text-overflow: ellipsis;white-space: nowrap;}.table .link{color: inherit;font-weight: var(--ha-font-weight-medium,500);text-decoration: none;}.table .link:hover{text-decoration: underline;}.table .swatches{flex-wrap: nowrap;}.table .result{vertical-align: middle;display: inline-flex;align-items: center;gap: 4px;}.table .result .icon{--mdc-icon-size: 18px;width: 18px;height: 18px;}.table .printed .icon{color: var(--success-color);}.table .failed .icon{color: var(--error-color);}.table .end-cell{width: 52px;padding: 0;overflow: visible;text-overflow: clip;}.table .name-cell{width: var(--bvp-name-width);}`,X=[{label:`archive.received`,sorts:[`newest`,`oldest`],cell:(e,t)=>e.format.date(t.received_at)},{label:`queue.time`,sorts:[`print_time`],cell:(e,{print_time_s:t})=>t===null?``:e.format.duration(t)},{label:`archive.result`,cell:(e,t)=>Z(e,t)},{label:`fact.weight`,sorts:[`filament`],cell:(e,{filament_g:t})=>t===null?``:e.format.weight(t)},{label:`archive.material`,cell:(e,t)=>l(t.filament_colors,t.filament_types)},{label:`archive.model`,cell:(e,t)=>v(t.sliced_for)},{label:`archive.size`,sorts:[`size`],cell:(e,t)=>e.format.bytes(t.size_bytes)}],tt=112,nt=320,rt=[`name`,`oldest`];function Z(e,t){let n=I(t);if(!n)return i;let r=n===`failed`?L(e,t):e.t(`archive.printed_times`,{count:t.print_count});return x`<span class="result ${n}" title=${r}
>${h(n===`failed`?`mdi:close-circle-outline`:`mdi:check-circle-outline`)}<span
>${n===`failed`?e.t(`stats.failed`):e.format.number(t.print_count)}</span
><span class="visually-hidden">${r}</span></span
>`}function it(e,t,n,r,a){let o=n?.includes(r)??!1,s=rt.includes(r);return n?x`<th
scope="col"
class=${t===`archive.sort_name`?`name-cell`:``}
aria-sort=${o?s?`ascending`:`descending`:`none`}
>
<button
type="button"
@click=${()=>a(r===n[0]?n[1]??n[0]:n[0])}
>
<span>${e.t(t)}</span>
${o?h(s?`mdi:arrow-up`:`mdi:arrow-down`):i}
</button>
</th>`:x`<th scope="col">${e.t(t)}</th>`}function at(e,t,n,r){let i=Math.floor((r.width-nt)/tt),a=X.slice(0,Math.max(0,i)),o=a.length?`${r.width-52-a.length*tt}px`:`auto`;return x`<table
class="table card"
style="--bvp-name-width:${o}"
aria-rowcount=${t.length+1}
>
<thead>
<tr>
${it(e,`archive.sort_name`,[`name`],r.sort,r.onSort)}
${a.map(t=>it(e,t.label,t.sorts,r.sort,r.onSort))}
<th class="end-cell"><span class="visually-hidden">${e.t(`archive.again`)}</span></th>
</tr>
</thead>
<tbody class="known">
<tr aria-hidden="true" style="height:${n.before}px"></tr>
${S(t.slice(n.from,n.to),e=>e.id,(t,i)=>ot(e,t,n.from+i,a,r.of(t)))}
<tr aria-hidden="true" style="height:${n.after}px"></tr>
</tbody>
</table>`}function ot(e,t,n,r,i){return x`<tr
id="tile-${t.id}"
class=${i.isCurrent||i.selected?`item current`:`item`}
aria-rowindex=${n+2}
>
${E([t,e,r.length,i.canAct,i.isCurrent,i.selected],()=>st(e,t,r,i))}
</tr>`}function st(e,t,n,r){return x`<td>
<div class="first">
${r.selected===null?x`<bvp-picture .src=${t.picture_small}></bvp-picture>`:x`<input
type="checkbox"
aria-label=${e.t(`archive.select_named`,{name:t.name})}
.checked=${r.selected}
@change=${e=>r.onSelect(e.target.checked)}
/>`}
<span class="names">
<a
class="link touch"
href=${r.href}
title=${t.name}
aria-current=${r.isCurrent?`true`:i}
@click=${r.onOpen}
>${t.name}</a
>
${n.length<2?x`<span class="secondary small"
>${X[0].cell(e,t)} · ${X[1].cell(e,t)}
${Z(e,t)}</span
>`:i}
</span>
</div>
</td>
${n.map(n=>x`<td>${n.cell(e,t)}</td>`)}
<td class="end-cell">
${m(`decide`,[t])?a({label:e.t(`archive.again_named`,{name:t.name}),icon:`mdi:playlist-plus`,disabled:!r.canAct,onClick:r.onAgain}):i}
</td>`}var ct=4,lt=16,ut=60;function dt(e,t,n,r){if(!t||!t.rowHeight||!r)return{from:0,to:Math.min(e,ut),before:0,after:0};let{columns:i,rowHeight:a}=t,o=Math.ceil(e/i),s=e=>Math.max(0,Math.min(o,e)),c=i===1?lt:1,l=Math.min(Math.floor(n/a),o-1)-ct,u=Math.ceil((n+r)/a)+ct,d=s(Math.floor(l/c)*c),f=Math.max(d,s(Math.ceil(u/c)*c));return{from:d*i,to:Math.min(e,f*i),before:d*a,after:(o-f)*a}}function ft(e){let t=e.querySelector(`tr.item`)?.getBoundingClientRect().height;return t?{columns:1,rowHeight:t}:null}function pt(e){let t=e.firstElementChild;if(!t)return null;let n=getComputedStyle(e),r=t.getBoundingClientRect().height,i=n.gridTemplateColumns.split(` `).filter(e=>e.endsWith(`px`)).length;return r&&i?{columns:i,rowHeight:r+(parseFloat(n.rowGap)||0)}:null}var mt=300,ht=[{id:`grid`,icon:`mdi:view-grid-outline`,label:`archive.view_grid`},{id:`list`,icon:`mdi:format-list-bulleted`,label:`archive.view_list`},{id:`calendar`,icon:`mdi:calendar-month-outline`,label:`archive.view_calendar`}],Q=`bvp-archive-view`,$=class extends ie{constructor(...e){super(...e),this.filters=We(new URLSearchParams),this.selected=null,this.dialog=null,this.isSlow=!1,this.version=0,this.pages=new $e(()=>this.app.api,()=>this.requestUpdate()),this.shown=dt(0,null,0,0),this.layout=null,this.view=`grid`,this.width=0,this.watched=null,this.isMeasuring=!1,this.asked=``,this.stats=``,this.listTop=0,this.openId=null,this.sentinel=typeof IntersectionObserver>`u`?null:new IntersectionObserver(e=>{e.some(e=>e.isIntersecting)&&this.pages.more()},{rootMargin:`800px`}),this.resized=typeof ResizeObserver>`u`?null:new ResizeObserver(()=>this.measure()),this.measure=()=>{this.isMeasuring||(this.isMeasuring=!0,requestAnimationFrame(()=>{this.isMeasuring=!1;let e=this.renderRoot.querySelector(`.known`),t=this.scroller;if(!e||!t)return;this.layout=(e.matches(`tbody`)?ft(e):pt(e))??this.layout;let n=Math.round(e.getBoundingClientRect().width);n!==this.width&&(this.width=n,this.requestUpdate());let r=this.shownNow(e,t);(r.from!==this.shown.from||r.to!==this.shown.to)&&this.requestUpdate()}))},this.onKey=e=>{this.app?.shortcuts&&!re(e)&&this.onShortcut(e.key)&&(e.preventDefault(),e.stopPropagation())}}static{this.styles=[u,b,Le,et,se,r`
:host{display: block;}.page{display: grid;grid-template-columns: minmax(0,1fr);gap: 24px;max-width: calc(1200px + 2 * var(--bvp-gutter));margin: 0 auto;padding: 16px var(--bvp-gutter) 32px;}.page.open{grid-template-columns: minmax(0,1fr) minmax(360px,440px);max-width: 1560px;}.detail{position: sticky;top: 16px;align-self: start;max-height: calc(100dvh - var(--bvp-header) - 32px);overflow: auto;}:host([narrow]) .page{padding: 8px var(--bvp-gutter) 24px;}.count{display: flex;flex-wrap: wrap;align-items: center;gap: 0 8px;min-height: 56px;}.count .text{flex: 1;}.bulk{position: sticky;top: 0;z-index: 2;display: flex;flex-wrap: wrap;align-items: center;gap: 8px;padding: 8px 0;background: var(--primary-background-color);}.bulk .text{flex: 1 0 auto;font-weight: var(--ha-font-weight-medium,500);}.acts{display: flex;flex-wrap: wrap;gap: 8px;}:host([narrow]) .acts{flex: 1 0 100%;justify-content: space-between;}.grid{display: grid;grid-template-columns: repeat(auto-fill,minmax(200px,1fr));gap: 16px;}:host([narrow]) .grid{grid-template-columns: repeat(auto-fill,minmax(150px,1fr));gap: 12px;}.skeleton{height: 320px;opacity: 0.5;}.end{display: grid;justify-items: center;padding: 16px;}`]}connectedCallback(){super.connectedCallback(),this.watched=this.parentElement,this.watched?.addEventListener(`scroll`,this.measure,{passive:!0}),this.resized?.observe(this),document.addEventListener(`keydown`,this.onKey),this.slowTimer=setTimeout(()=>this.isSlow=!0,mt),this.pages.isKnown&&this.pages.reload()}disconnectedCallback(){super.disconnectedCallback(),document.removeEventListener(`keydown`,this.onKey),clearTimeout(this.slowTimer),this.sentinel?.disconnect(),this.resized?.disconnect(),this.watched?.removeEventListener(`scroll`,this.measure),this.watched=null}shownNow(e,t){let n=e&&t?t.getBoundingClientRect().top-e.getBoundingClientRect().top:0;return dt(this.pages.items.length,this.layout,n,t?.clientHeight??0)}willUpdate(e){if(e.has(`route`)){let e=oe(ht,this.route,Q);e!==this.view&&(this.view=e,this.layout=null,e===`calendar`&&(this.selected=null)),this.filters=We(this.route.query);let t=q(this.filters),n=JSON.stringify(t);n!==this.asked&&(this.asked=n,this.pages.load(t))}e.has(`state`)&&this.followLibrary();let t=this.hasUpdated?this.renderRoot.querySelector(`.known`):null;this.shown=this.shownNow(t,this.scroller)}followLibrary(){let{stats:e,connection:t}=this.state;if(!e||t!==`live`)return;let n=JSON.stringify([e.archives,e.ever_archived,e.printed]);this.stats&&n!==this.stats&&(this.version++,this.pages.isKnown&&this.pages.reload()),this.stats=n}updated(e){super.updated(e),this.sentinel?.disconnect();let t=this.renderRoot.querySelector(`.end`);t&&this.sentinel?.observe(t),this.measure();let n=this.route.id;if(n===this.openId)return;let r=this.openId;this.openId=n,this.onOpened(r,n)}onOpened(e,t){t&&this.narrow&&this.scroller&&(this.scroller.scrollTop=0),!t&&e&&(this.renderRoot.querySelector(`#tile-${CSS.escape(e)} .link`)?.focus({preventScroll:!0}),this.narrow&&requestAnimationFrame(()=>{this.scroller&&(this.scroller.scrollTop=this.listTop)}))}get scroller(){return this.parentElement}get canAct(){return this.state.connection===`live`}get chosen(){return this.pages.items.filter(e=>this.selected?.has(e.id))}address(e={},t=this.filters){let n=[...this.route.query].filter(([e])=>e===`view`||e===`month`);return{...K(t),...Object.fromEntries(n),...e}}lookAs(e){le(Q,e),this.app.go(`archive`,this.narrow?null:this.route.id,this.address({view:e}),!0)}get month(){let e=this.route.query.get(`month`)??``;return ke(e)?e:this.app.format.dayKey(new Date).slice(0,7)}async export(){let e=await this.app.attempt(this.app.api.exportArchives(q(this.filters)));e&&Object.assign(document.createElement(`a`),{href:e.url,download:``}).click()}open(e){e&&!this.route.id&&(this.listTop=this.scroller?.scrollTop??0);let t=!this.narrow&&e!==null&&this.route.id!==null;this.app.go(`archive`,e,this.address(),t)}look(e,t){this.app.go(`archive`,this.narrow?null:this.route.id,this.address({},e),t)}onShortcut(e){let t=this.renderRoot,n=[...t.querySelectorAll(`.link`)],r=n.indexOf(t.activeElement);switch(e){case`/`:return t.querySelector(`bvp-archive-filters`)?.focusSearch(),!0;case`j`:case`k`:return n[Math.max(0,Math.min(n.length-1,r+(e===`j`?1:-1)))]?.focus(),!0;case`x`:{let e=this.pages.items[this.shown.from+r];return r>=0&&e&&this.select(e.id,!this.selected?.has(e.id)),r>=0}case`u`:{let e=(r>=0?this.pages.items[this.shown.from+r]:void 0)??this.pages.items.find(e=>e.id===this.route.id);return e&&this.canAct&&m(`decide`,[e])&&this.plan([e]),!!e}case`Escape`:if(this.selected)this.selected=null;else if(this.route.id)this.open(null);else return!1;return!0;default:return!1}}select(e,t){let n=new Set(this.selected??[]);t?n.add(e):n.delete(e),this.selected=n}selectAll(){let e=this.pages.items.map(e=>e.id);this.selected=new Set(this.selected?.size===e.length?[]:e)}async plan(e,t=null){let n={kind:`queue`,archives:e,plate:t,details:null};this.dialog=n;let[r]=e;if(!r||e.length>1)return;let i=await this.app.attempt(this.app.api.archive(r.id));i&&this.dialog===n&&(this.dialog={...n,details:i})}async queue(e,t){this.done();let{archives:n,plate:r}=e;await Se(this.app,n,r?{...t,plates:[r.number]}:t),this.version++}async delete(e,t){this.done();let n=await Ce(this.app,e,t);this.pages.remove(n),this.route.id&&n.includes(this.route.id)&&this.app.go(`archive`,null,this.address(),!0)}async change(e){this.done(),this.pages.replace(await e),this.version++}done(){this.dialog=null,this.selected=null}subject(e){let{archives:t,plate:n,details:r}=e,[i]=t;if(t.length>1){let e=new Set(t.map(e=>e.sliced_for));return{name:this.t(`archive.files`,{count:t.length}),sliced_for:e.size===1?i.sliced_for:``,print_time_s:null,filament_g:null,cost:null,plates:[],plan:null}}return n?{name:n.name||i.name,sliced_for:i.sliced_for,print_time_s:n.print_time_s,filament_g:n.filament_g,cost:null,plates:[],plan:null}:{...r??i,plates:r?.plates??[],plan:null}}dialogs(){let{dialog:e,app:t}=this,n=()=>this.dialog=null;switch(e?.kind){case`queue`:return x`<bvp-queue-dialog
.app=${t}
.targets=${this.state.targets}
.subject=${this.subject(e)}
@closed=${n}
@queue=${t=>void this.queue(e,t.detail)}
></bvp-queue-dialog>`;case`delete`:return x`<bvp-archive-delete
.app=${t}
.archives=${e.archives}
@closed=${n}
@delete=${t=>void this.delete(e.archives,t.detail)}
></bvp-archive-delete>`;case`tag`:case`project`:{let r=e.kind===`tag`,i=this.pages.facets?.[r?`tags`:`projects`]??[];return x`<bvp-text-dialog
.app=${t}
.heading=${this.t(r?`archive.tag_add`:`archive.project_set`)}
.label=${this.t(r?`archive.tag`:`archive.project`)}
.confirm=${this.t(`common.save`)}
.suggestions=${i.slice(0,12).map(e=>e.value)}
@closed=${n}
@done=${n=>void this.change((r?Ee:Te)(t,e.archives,n.detail))}
></bvp-text-dialog>`}default:return i}}bulk(){let t=this.chosen,n=!this.canAct||!t.length,r=e=>()=>this.dialog={kind:e,archives:t},o=t.length>0&&t.every(e=>e.favourite),s=(t,r,i)=>this.narrow?a({label:t,icon:r,disabled:n,onClick:i}):e({label:t,icon:r,disabled:n,onClick:i});return x`<div class="bulk" role="toolbar" aria-label=${this.t(`common.select`)}>
${a({label:this.t(`common.close`),icon:`mdi:close`,onClick:()=>this.selected=null})}
<span class="text" role="status">${this.t(`archive.chosen`,{count:t.length})}</span>
${e({label:this.t(this.selected?.size===this.pages.items.length?`common.select_none`:`common.select_all`),look:`plain`,onClick:()=>this.selectAll()})}
<span class="acts">
${m(`decide`,t)?s(this.t(`verb.queue_dots`),`mdi:playlist-plus`,()=>void this.plan(t)):i}
${m(`work`,t)?[s(this.t(`archive.tag`),`mdi:tag-plus-outline`,r(`tag`)),s(this.t(`archive.project`),`mdi:folder-outline`,r(`project`)),s(this.t(o?`archive.unfavourite`:`fact.favourite`),o?`mdi:star-off-outline`:`mdi:star-outline`,()=>void this.change(A(this.app,t,!o)))]:i}
${m(`delete`,t)?s(this.t(`archive.delete`),`mdi:delete-outline`,r(`delete`)):i}
</span>
</div>`}options(e){return{canAct:this.canAct,isCurrent:e.id===this.route.id,selected:this.selected?this.selected.has(e.id):null,href:this.app.url(`archive`,e.id,this.address()),onOpen:t=>F(t,()=>this.selected?this.select(e.id,!this.selected.has(e.id)):this.open(e.id)),onSelect:t=>this.select(e.id,t),onFavourite:()=>void A(this.app,[e],!e.favourite).then(e=>this.pages.replace(e)),onAgain:()=>void this.plan([e])}}calendar(){return x`<bvp-archive-calendar
.app=${this.app}
.query=${q({...this.filters,from:``,to:``})}
.month=${this.month}
.version=${this.version}
.narrow=${this.narrow}
.href=${e=>this.app.url(`archive`,e,this.address())}
@open=${e=>this.open(e.detail)}
@month=${e=>this.app.go(`archive`,null,this.address({month:e.detail}),!0)}
@day=${({detail:e})=>this.app.go(`archive`,null,this.address({view:`grid`},{...this.filters,from:e,to:e}))}
></bvp-archive-calendar>`}nothingFound(){return Ge(this.filters)?C(`mdi:archive-search-outline`,this.t(`archive.empty`),e({label:this.t(`archive.clear`),icon:`mdi:filter-remove`,onClick:()=>this.look(qe(this.filters),!1)})):C(`mdi:archive-outline`,this.t(`archive.empty_library`))}found(){let{pages:t}=this;return this.view===`calendar`?this.calendar():t.error&&!t.items.length?g(`error`,this.app.sayError(t.error),e({label:this.t(`archive.retry`),look:`plain`,onClick:()=>void t.reload()})):t.isKnown?t.items.length?x`${this.view===`list`?this.table():this.tiles()}
${t.hasMore?x`<div class="end">
${e({label:this.t(`archive.more`),disabled:t.isLoading,onClick:()=>void t.more()})}
</div>`:i}`:this.nothingFound():this.isSlow?x`<ul class="grid" aria-hidden="true">
${Array.from({length:8},()=>x`<li class="tile card skeleton"></li>`)}
</ul>`:i}table(){return at(this.app,this.pages.items,this.shown,{width:this.width||this.clientWidth,sort:this.filters.sort,onSort:e=>this.look({...this.filters,sort:e},!1),of:e=>this.options(e)})}tiles(){let{from:e,to:t,before:n,after:r}=this.shown;return x`<ul class="grid known" style="padding-block:${n}px ${r}px">
${S(this.pages.items.slice(e,t),e=>e.id,e=>x`<li
id="tile-${e.id}"
class="tile card ${this.selected?.has(e.id)||e.id===this.route.id?`selected`:``}"
>
${E([e,this.app,this.canAct,this.filters,e.id===this.route.id,this.selected?.has(e.id)],()=>Re(this.app,e,this.options(e)))}
</li>`)}
</ul>`}list(){let{pages:t}=this,n=this.state.stats?.archive_bytes,r=[t.isTotalExact?this.t(`archive.files`,{count:t.total}):this.t(`archive.files_more`,{count:this.app.format.number(t.total)}),n&&!Ge(this.filters)?this.app.format.bytes(n):``].filter(Boolean);return x`<section aria-label=${this.t(`tab.archive`)}>
<bvp-archive-filters
.app=${this.app}
.filters=${this.filters}
.facets=${t.facets}
@change-filters=${e=>this.look(e.detail.filters,e.detail.replace)}
></bvp-archive-filters>
${this.selected?this.bulk():x`<div class="count">
<span class="text secondary" role="status"
>${t.isKnown?r.join(` · `):``}</span
>
${t.items.length?a({label:this.t(`archive.export`),icon:`mdi:table-arrow-down`,onClick:()=>void this.export()}):i}
${t.items.length&&this.view!==`calendar`?(this.narrow?a:e)({label:this.t(`common.select`),icon:`mdi:checkbox-multiple-marked-outline`,look:`plain`,onClick:()=>this.selected=new Set}):i}
${ce(this.app,ht,this.view,e=>this.lookAs(e))}
</div>`}
${this.found()}
</section>`}detail(e){return x`<bvp-archive-detail
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
></bvp-archive-detail>`}render(){let e=this.route.id;return e&&this.narrow?x`${this.detail(e)} ${this.dialogs()}`:x`<div class="page ${e?`open`:``}">
${this.list()} ${e?this.detail(e):i}
</div>
${this.dialogs()}`}};f([n()],$.prototype,`filters`,void 0),f([n()],$.prototype,`selected`,void 0),f([n()],$.prototype,`dialog`,void 0),f([n()],$.prototype,`isSlow`,void 0),f([n()],$.prototype,`version`,void 0),$=f([o(`bvp-archive`)],$);export{$ as BvpArchive};