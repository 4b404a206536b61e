import{$ as e,L as t,M as n,N as r,O as i,P as a,Q as o,W as s,X as c,Z as l,_ as u,c as d,ct as f,dt as p,g as m,h as ee,ht as te,i as h,l as g,n as ne,o as _,ot as v,p as y,s as re,st as b,t as x,u as S}from"./shared-DPcjTYk3.js";import{a as ie,i as ae,t as oe}from"./repeat-b4aUGuuB.js";import{C as se,E as C,S as ce,_ as le,d as ue,g as de,h as fe,l as pe,m as me,o as he,p as ge,s as _e,u as ve,v as ye,w,y as be}from"./parts-Cz-8z18p.js";import{t as xe}from"./written-CS9lTyoL.js";import{a as T,i as Se,r as Ce,t as E}from"./archive-days-D9AvCgVq.js";import{t as we}from"./qr-vG1KL4S6.js";import{t as Te}from"./preload-helper-tnMd9Xij.js";import{t as D}from"./live-DOv39jDy.js";var Ee={},O=ae(class extends ie{constructor(){super(...arguments),this.ot=Ee}render(e,t){return t()}update(e,[t,n]){if(Array.isArray(t)){if(Array.isArray(this.ot)&&this.ot.length===t.length&&t.every((e,t)=>e===this.ot[t]))return b}else if(this.ot===t)return b;return this.ot=Array.isArray(t)?Array.from(t):t,this.render(t,n)}}),k=8e3;function A(e,t){t[0]&&e.toast({message:e.sayError(t[0].error),duration:k})}async function De(e,t,n,r){let i=[],a=[];for(let o of t){let s=await te(e.api.queueArchive(o.id,n),n=>{let i=e.sayError(n);r(t.length>1?e.t(`queue_dialog.refused`,{name:o.name,why:i}):i)});s?i.push(...s.jobs):a.push(o)}let[o]=i;if(!o)return a;let s=e.t(`archive.queued`,{count:i.length});return e.announce(s),e.toast({message:s,duration:k,action:{text:e.t(`common.show`),run:()=>e.go(`queue`,o.id)}}),a}async function Oe(e,t,n){let r=await e.attempt(e.api.deleteArchives(t.map(e=>e.id),n));if(!r)return[];let{deleted:i,failed:a,undo:o}=r;return i.length?e.toast({message:[e.t(`archive.deleted`,{count:i.length}),...a.slice(0,1).map(({id:n,error:r})=>`${t.find(e=>e.id===n)?.name??``}: ${e.sayError(r)}`)].join(` `),duration:k,...o?{action:{text:e.t(`common.undo`),run:()=>void ke(e,o.ids)}}:{}}):A(e,a),i}async function ke(e,t){let n=await e.attempt(e.api.restoreArchives(t));n&&(n.failed.length?A(e,n.failed):e.toast(e.t(`archive.restored`,{count:n.archives.length})))}async function j(e,t,n){let r=await e.attempt(e.api.updateArchives(t.map(e=>e.id),n));return A(e,r?.failed??[]),r?.archives??[]}function M(e,t,n){return j(e,t,{favourite:n})}function Ae(e,t,n){return j(e,t,{project:n.trim()})}async function je(e,t,n){let r=n.split(`,`).map(e=>e.trim()).filter(Boolean);if(!r.length)return[];let i=new Map;for(let e of t){let t=JSON.stringify([...new Set([...e.tags,...r])]);i.set(t,[...i.get(t)??[],e])}let a=[];for(let[t,n]of i)a.push(...await j(e,n,{tags:JSON.parse(t)}));return a}var N=[`newest`,`oldest`,`name`,`print_time`,`filament`,`size`],P={q:``,tag:``,material:``,colour:``,printer:``,model:``,project:``,person:``,instance:``,printed:``,fav:``,from:``,to:``,sort:`newest`};function F(e){let t=t=>e.get(t)??``,n=Object.fromEntries(Object.keys(P).map(e=>[e,t(e)])),r=e=>/^\d{4}-\d{2}-\d{2}$/.test(e)&&!Number.isNaN(Date.parse(e));return{...n,colour:/^#[0-9a-f]{6}$/i.test(n.colour)?n.colour:``,printed:n.printed===`yes`||n.printed===`no`?n.printed:``,fav:n.fav===`1`?`1`:``,from:r(n.from)?n.from:``,to:r(n.to)?n.to:``,sort:N.find(e=>e===n.sort)??`newest`}}function I(e){return Object.fromEntries(Object.entries(e).filter(([e,t])=>t!==``&&t!==(e===`sort`?P.sort:``)))}function L(e){return Object.keys(I(e)).some(e=>e!==`sort`)}function R(e){return Object.keys(I(e)).filter(e=>e!==`sort`&&e!==`q`).length}function z(e){return{...P,sort:e.sort}}function B(e,t){return t.fromField(`${e}T00:00`)}function V(e,t){let{q:n,tag:r,material:i,colour:a,printer:o,model:s,project:c,person:l,instance:u,printed:d,fav:f,from:p,to:m}=e;return{sort:e.sort,...n.trim()?{search:n.trim()}:{},...r?{tags:[r]}:{},...i?{filament:i}:{},...a?{colour:a}:{},...o?{printer_id:o}:{},...s?{sliced_for:s}:{},...c?{project:c}:{},...l?{person:l}:{},...u?{instance:u}:{},...d?{printed:d===`yes`}:{},...f?{favourite:!0}:{},...p?{received_after:B(p,t)}:{},...m?{received_before:B(E(m),t)}:{}}}var Me=p`
.tile{position:relative;display:flex;flex-direction:column;overflow:hidden}.tile.selected{outline:2px solid var(--primary-color);outline-offset:-2px}.tile bvp-picture{--bvp-picture-radius:0}.tile .link{display:flex;flex:1;flex-direction:column;color:inherit;text-decoration:none}.tile .link:focus-visible{outline-offset:-3px}.tile .text{display:grid;gap:2px;padding:8px 12px}.tile .name{overflow:hidden;font-weight:var(--ha-font-weight-medium,500);text-overflow:ellipsis;white-space:nowrap}.tile .line{min-height:1lh;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}.tile .swatches{flex-wrap:nowrap}.badges{position:absolute;display:flex;flex-wrap:wrap;gap:4px;inset-block-start:8px;inset-inline:8px 48px}.badge{--mdc-icon-size:14px;display:inline-flex;align-items:center;gap:4px;padding:0 8px;border:1px solid var(--divider-color);border-radius:10px;background:var(--card-background-color);font-size:var(--ha-font-size-s,12px);line-height:20px}.badge .icon{width:14px;height:14px}.tile .star,.tile .again{position:absolute;inset-inline-end:4px}.tile .star{display:flex;inset-block-start:4px;border-radius:50%;background:var(--card-background-color)}.tile .star .icon-button{width:36px;height:36px}@media (pointer:coarse){.tile .star .icon-button{width:44px;height:44px}}.tile .again{inset-block-end:0}.tile .last{padding-inline-end:40px}.tile > input[type="checkbox"]{position:absolute;width:24px;height:24px;inset-block-start:12px;inset-inline-end:12px}`;function H(e){let t=e.last_failed_at;return t&&(!e.last_printed_at||t>e.last_printed_at)?`failed`:e.print_count?`printed`:null}function U(e,t){return t.last_failure?e.t(`known.failed`,{reason:e.say(t.last_failure)}):e.t(`archive.failed`)}function Ne(t,n,r){let{format:i,t:a}=t,o=[n.print_time_s===null?``:i.duration(n.print_time_s),n.filament_g===null?``:i.weight(n.filament_g)].filter(Boolean).join(` · `),s=[i.date(n.received_at),n.sender,n.instance,n.sliced_for?h(n.sliced_for):``].filter(Boolean).join(` · `);return f`<a
class="link"
href=${r.href}
aria-current=${r.isCurrent?`true`:v}
@click=${r.onOpen}
>
<bvp-picture .src=${n.picture_small}></bvp-picture>
<span class="text">
<span class="name" title=${n.name}>${n.name}</span>
<span class="line">${o}</span>
<span class="line">${S(n.filament_colors,n.filament_types)}</span>
<span class="line last secondary">${s}</span>
</span>
<span class="badges">
${n.plate_count>1?W(`mdi:layers-outline`,`${n.plate_count}`,a(`fact.plates`,{count:n.plate_count})):v}
${n.photo_count?W(`mdi:camera-outline`,`${n.photo_count}`,a(`fact.photos`,{count:n.photo_count})):v}
${n.print_count?W(`mdi:check`,i.number(n.print_count),a(`archive.printed_times`,{count:n.print_count})):v}
${H(n)===`failed`?W(`mdi:close-circle-outline`,``,U(t,n)):v}
${n.judged_failed?W(`mdi:thumb-down-outline`,i.number(n.judged_failed),a(`stats.judged_failed`)):v}
</span>
</a>
${r.selected===null?f`<span class="star"
>${e({label:a(`archive.favourite_named`,{name:n.name}),icon:n.favourite?`mdi:star`:`mdi:star-outline`,pressed:n.favourite,disabled:!r.canAct||!_(`work`,[n]),onClick:r.onFavourite})}</span
>${_(`decide`,[n])?f`<span class="again"
>${e({label:a(`archive.again_named`,{name:n.name}),icon:`mdi:playlist-plus`,disabled:!r.canAct,onClick:r.onAgain})}</span
>`:v}`:f`<input
type="checkbox"
aria-label=${a(`archive.select_named`,{name:n.name})}
.checked=${r.selected}
@change=${e=>r.onSelect(e.target.checked)}
/>`}`}function W(e,t,n){return f`<span class="badge" title=${n}
>${o(e)}${t?f`<span aria-hidden="true">${t}</span>`:v}<span class="visually-hidden">${n}</span></span
>`}var Pe=500,Fe=6,Ie=3,Le={printed:`mdi:check-circle-outline`,failed:`mdi:close-circle-outline`,none:`mdi:circle-outline`},G=class extends x{constructor(...e){super(...e),this.query={},this.month=``,this.version=0,this.narrow=!1,this.href=()=>``,this.days=new Map,this.isWhole=!0,this.round=0,this.asked=``}static{this.styles=[y,p`
:host{display:block}.top{display:flex;align-items:center;gap:4px;margin-bottom:8px}.top h2{flex:1;text-align:center}table{width:100%;overflow:hidden;border-collapse:collapse;table-layout:fixed}th{height:36px;font-weight:var(--ha-font-weight-medium,500)}td{height:112px;padding:0;border-top:1px solid var(--divider-color);vertical-align:top}td + td{border-inline-start:1px solid var(--divider-color)}td.other{background:color-mix(in srgb,var(--secondary-background-color) 40%,transparent)}.day{display:inline-flex;align-items:center;justify-content:center;gap:4px;min-width:32px;min-height:32px;padding:0 8px;border:0;border-radius:16px;background:none;color:inherit;font:inherit}button.day{cursor:pointer;font-weight:var(--ha-font-weight-medium,500);text-decoration:underline}.today .day{border:2px solid var(--primary-color)}li{--mdc-icon-size:14px}li a,li button{display:grid;grid-template-columns:auto minmax(0,1fr);align-items:center;gap:4px;width:100%;min-height:24px;padding:0 8px;border:0;background:none;color:inherit;font:inherit;font-size:var(--ha-font-size-s,12px);text-align:start;text-decoration:none;cursor:pointer}li a:hover{background:var(--secondary-background-color)}li .icon{width:14px;height:14px;color:var(--secondary-text-color)}.printed .icon{color:var(--success-color)}.failed .icon{color:var(--error-color)}.text{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}:host([narrow]) td{height:72px;text-align:center}:host([narrow]) .day{min-width:44px;min-height:44px;padding:0}.dots{display:flex;flex-wrap:wrap;justify-content:center;gap:2px}`]}willUpdate(){let e=JSON.stringify([this.query,this.month,this.version]);e!==this.asked&&(this.asked=e,this.load())}async load(){let e=++this.round,t=T(this.month,this.app.format.firstWeekday),n={...this.query,sort:`oldest`,limit:Pe,received_after:B(t[0][0],this.app.format),received_before:B(E(t.at(-1).at(-1)),this.app.format)},r=new Map,i=null;for(let t=0;t<Fe;t++){let t=await this.app.attempt(this.app.api.archives({...n,...i?{cursor:i}:{}}));if(e!==this.round||!t)return;for(let e of t.archives){let t=this.app.format.dayKey(e.received_at);r.set(t,[...r.get(t)??[],e])}if(i=t.cursor,i===null)break}this.days=r,this.isWhole=i===null}go(e){this.dispatchEvent(new CustomEvent(`month`,{detail:Se(this.month,e)}))}show(e){this.dispatchEvent(new CustomEvent(`day`,{detail:e}))}entry(e){let n=H(e),r=n===`failed`?U(this.app,e):n===`printed`?this.t(`archive.printed_times`,{count:e.print_count}):this.t(`archive.printed_no`);return f`<li class=${n??`none`}>
<a
href=${this.href(e.id)}
title=${`${e.name} · ${r}`}
@click=${n=>t(n,()=>this.dispatchEvent(new CustomEvent(`open`,{detail:e.id})))}
>${o(Le[n??`none`])}<span class="text">${e.name}</span
><span class="visually-hidden">${r}</span></a
>
</li>`}dots(e){let t=[...new Set(e.map(e=>H(e)??`none`))];return f`<span class="dots" aria-hidden="true">
${t.map(e=>f`<span class=${e}>${o(Le[e])}</span>`)}
</span>`}day(e,t){let n=this.days.get(e)??[],r=this.app.format.number(Number(e.slice(8))),i=n.length-Ie,a=!e.startsWith(this.month);return f`<td class=${`${a?`other`:``} ${e===t?`today`:``}`}>
${n.length?f`<button
type="button"
class="day"
aria-label=${this.t(`archive.day`,{count:n.length,date:this.app.format.day(e)})}
@click=${()=>this.show(e)}
>
${r}
</button>`:f`<span class="day">${r}</span>`}
${n.length?this.narrow?this.dots(n):f`<ul>
${n.slice(0,i===1?4:Ie).map(e=>this.entry(e))}
${i>1?f`<li>
<button type="button" @click=${()=>this.show(e)}>
${o(`mdi:dots-horizontal`)}
<span class="text">${this.t(`card.more`,{count:i})}</span>
</button>
</li>`:v}
</ul>`:v}
</td>`}render(){let{format:t}=this.app,n=T(this.month,t.firstWeekday),r=t.dayKey(new Date),i=t.monthName(new Date(`${this.month}-01T00:00:00Z`));return f`<div class="top">
${e({label:this.t(`archive.month_before`),icon:`mdi:chevron-left`,class:`turn`,onClick:()=>this.go(-1)})}
<h2 aria-live="polite">${i}</h2>
${e({label:this.t(`archive.month_after`),icon:`mdi:chevron-right`,class:`turn`,onClick:()=>this.go(1)})}
</div>
<table class="card" aria-label=${i}>
<thead>
<tr>
${n[0].map((e,n)=>f`<th scope="col">${t.weekday((t.firstWeekday+n)%7)}</th>`)}
</tr>
</thead>
<tbody>
${n.map(e=>f`<tr>${e.map(e=>this.day(e,r))}</tr>`)}
</tbody>
</table>
${this.isWhole?v:f`<p class="secondary">${this.t(`archive.calendar_part`)}</p>`}`}};i([r({attribute:!1})],G.prototype,`query`,void 0),i([r()],G.prototype,`month`,void 0),i([r({type:Number})],G.prototype,`version`,void 0),i([r({type:Boolean,reflect:!0})],G.prototype,`narrow`,void 0),i([r({attribute:!1})],G.prototype,`href`,void 0),i([n()],G.prototype,`days`,void 0),i([n()],G.prototype,`isWhole`,void 0),G=i([a(`bvp-archive-calendar`)],G);var K=class extends x{constructor(...e){super(...e),this.archives=[],this.purge=!1}static{this.styles=[y,w,p`
p{margin-bottom:8px}`]}render(){let[e]=this.archives,t=this.archives.length;return f`<bvp-dialog
.app=${this.app}
.heading=${t===1?this.t(`archive.delete_title`,{name:e.name}):this.t(`archive.delete_many`,{count:t})}
@closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
>
<p>${this.t(`archive.delete_text`)}</p>
${this.app.isAdmin?f`<label class="choice"
><input
type="checkbox"
.checked=${this.purge}
@change=${e=>this.purge=e.target.checked}
/>${this.t(`archive.delete_purge`)}</label
>`:v}
${this.purge||!this.app.store.state.options.undo_minutes?f`<p>${this.t(`archive.delete_for_good`)}</p>`:v}
<span slot="actions">
${l({label:this.t(`common.cancel`),look:`plain`,onClick:()=>this.dispatchEvent(new CustomEvent(`closed`))})}
${l({label:this.t(`archive.delete`),icon:`mdi:delete-outline`,look:`danger`,onClick:()=>this.dispatchEvent(new CustomEvent(`delete`,{detail:this.purge}))})}
</span>
</bvp-dialog>`}};i([r({attribute:!1})],K.prototype,`archives`,void 0),i([n()],K.prototype,`purge`,void 0),K=i([a(`bvp-archive-delete`)],K);function Re(e,t,n){return[t?e.t(`prints.count`,{verdict:e.t(`prints.good`),number:t}):``,n?e.t(`prints.count`,{verdict:e.t(`prints.failed`),number:n}):``].filter(Boolean).join(` · `)}function ze(e,t){let n=t.filter(e=>typeof e.energy_kwh==`number`);if(!n.length)return null;let r=n.reduce((e,t)=>e+(t.energy_cost??0),0),i=e.format.energy(n.reduce((e,t)=>e+t.energy_kwh,0));return r?`${i} · ${e.format.money(r)}`:i}var Be=p`
.prints li{display:flex;align-items:start;gap:8px;padding:4px 0}.prints a{color:inherit}.prints .icon{--mdc-icon-size:18px;width:18px;height:18px;margin-top:2px;color:var(--secondary-text-color)}.prints .completed > .icon{color:var(--success-color)}.prints .failed > .icon{color:var(--error-color)}.prints li > :nth-child(2){flex:1;min-width:0;overflow-wrap:anywhere}.prints li > button,.prints .judge{flex:none;margin-block:-8px}.prints .judge .icon{margin:0;color:inherit}.prints .judged{display:inline-flex;align-items:start;gap:4px}.others{display:grid;gap:4px}.others a{display:flex;align-items:center;gap:12px;min-height:44px;color:inherit;text-decoration:none}.others bvp-picture{flex:none;width:40px}`,Ve={pending:`mdi:playlist-play`,staged:`mdi:pause-circle-outline`,waiting:`mdi:playlist-play`,dispatching:`mdi:upload-network`,printing:`mdi:printer-3d-nozzle`,completed:`mdi:check-circle`,failed:`mdi:close-circle`,skipped:`mdi:skip-next-circle-outline`,cancelled:`mdi:cancel`},He=[`completed`,`failed`,`skipped`,`cancelled`];function Ue(e,n,r,i){return f`<ul class="prints">
${n.map(n=>{let a=n.finished_at??n.started_at,s=[n.plate_count>1?e.t(`archive.plate`,{plate:n.plate}):``,n.printed_on??``,a?e.format.moment(a):``,typeof n.energy_kwh==`number`?e.format.energy(n.energy_kwh):``,n.energy_cost?e.format.money(n.energy_cost):``].filter(Boolean).join(` · `),c=e.say(n.status);return f`<li class=${n.verdict===`failed`?`failed`:n.state}>
${o(Ve[n.verdict===`failed`?`failed`:n.state])}<span
>${He.includes(n.state)?c:f`<a
href=${e.url(`queue`,n.id)}
@click=${r=>t(r,()=>e.go(`queue`,n.id))}
>${c}</a
>`}
${n.error&&n.state===`failed`?f`: ${n.error}`:v}
${We(e,n)} <span class="secondary">${s}</span></span
>
${Ge(e,n,r,i)}
</li>`})}
</ul>`}function We(e,t){if(!t.verdict)return v;let n=e.t(t.verdict===`good`?`prints.good`:`prints.failed`),r=[t.verdict_reason?`${n}: ${t.verdict_reason}`:n,t.verdict_by];return f`<span class="judged"
>${o(t.verdict===`good`?`mdi:thumb-up-outline`:`mdi:thumb-down-outline`)}${r.filter(Boolean).join(` · `)}</span
>`}function Ge(t,n,r,i){return ue(n)?l({label:t.t(`printers.again_heading`),icon:`mdi:repeat`,look:`plain`,disabled:i,onClick:()=>r.offer(n)}):ve(n)?f`<span class="judge">
${e({label:t.t(`prints.judge_good`),icon:`mdi:thumb-up-outline`,disabled:i,onClick:()=>void r.good(r.of(n))})}
${e({label:t.t(`prints.judge_failed`),icon:`mdi:thumb-down-outline`,disabled:i,onClick:()=>r.failed(r.of(n))})}
</span>`:v}function Ke(e,n){return f`<ul class="others">
${n.map(n=>f`<li>
<a
href=${e.url(`archive`,n.id)}
@click=${r=>t(r,()=>e.go(`archive`,n.id))}
>
<bvp-picture .src=${n.picture_small}></bvp-picture>
<span
>${n.name}<br /><span class="secondary"
>${e.format.moment(n.received_at)}</span
></span
>
</a>
</li>`)}
</ul>`}var q=class extends x{constructor(...e){super(...e),this.archiveId=``,this.version=0,this.narrow=!1,this.canAct=!0,this.details=null,this.error=null,this.writing=!1,this.leaving=null,this.isSending=!1,this.isShooting=!1,this.edit=async e=>{if(this.writing=!1,!Object.keys(e).length)return!0;let t=this.archiveId,n=this.details;this.take(n&&{...n,...e});let r=await this.app.attempt(this.app.api.updateArchives([t],e)),i=r?.failed[0];i&&this.app.toast(this.app.sayError(i.error));let[a]=r?.archives??[];if(!a&&n&&this.details?.id===t){let t=Object.fromEntries(Object.keys(e).map(e=>[e,n[e]]));this.take({...this.details,...t})}else a&&this.details?.id===t?this.take({...this.details,...a}):a&&this.tell(a);return a!==void 0},this.qr=new we(this),this.judging=new pe(this,()=>void this.load())}static{this.styles=[y,ee,u,g,Be,p`
:host{display:block;--bvp-plates-height:260px}.body{display:grid;gap:12px;padding:16px}.title{display:flex;align-items:start;gap:4px}.title h2{flex:1;min-width:0;padding-top:8px;overflow-wrap:anywhere;font-size:var(--ha-font-size-xl,20px);font-weight:var(--ha-font-weight-normal,400);line-height:1.4}h3{margin-bottom:4px;font-size:var(--ha-font-size-m,14px);font-weight:var(--ha-font-weight-medium,500)}.actions{display:flex;flex-wrap:wrap;gap:8px}a{color:inherit;overflow-wrap:anywhere}a.button{text-decoration:none}.rows li{display:flex;align-items:center;gap:12px;min-height:48px}.rows bvp-picture{flex:none;width:48px}.rows .text{flex:1;min-width:0}.filaments li{display:flex;align-items:center;gap:8px}.photos{display:grid;grid-template-columns:repeat(auto-fill,minmax(104px,1fr));gap:8px}.photos li{position:relative}.photos a{display:block}.photos .icon-button{position:absolute;inset-block-start:0;inset-inline-end:0;border-radius:50%;background:var(--card-background-color)}dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;margin:8px 0 0}dt{color:var(--secondary-text-color)}dd{margin:0;overflow-wrap:anywhere}summary{min-height:44px;padding:10px 0;cursor:pointer}`]}willUpdate(e){e.has(`archiveId`)&&this.details?.id!==this.archiveId&&(this.details=null,this.error=null),(e.has(`archiveId`)||e.has(`version`))&&this.load()}firstUpdated(){this.narrow&&C(this,`h2`,`button`)}async load(){let e=this.archiveId;try{let t=await this.app.api.archive(e);e===this.archiveId&&(this.details=t)}catch(t){e===this.archiveId&&(this.error=t)}}get archive(){let e=this.known?.id===this.archiveId?this.known:void 0;return this.details??e}take(e){e&&(this.details=e,this.tell(e))}tell(e){this.dispatchEvent(new CustomEvent(`changed`,{detail:e}))}pickPhoto(){me({accept:`image/jpeg,image/png,image/webp`},([e])=>{e&&this.addPhoto(e)})}async addPhoto(e){await this.keep(this.app.api.addPhoto(this.archiveId,e))}async chooseCamera(){await Te(()=>import(`./camera-dialog-DGmM16tQ.js`),[],import.meta.url),this.isShooting=!0}async takePhoto(e){this.isShooting=!1,await this.keep(this.app.api.takePhoto(this.archiveId,e))}async keep(e){this.isSending=!0,await this.app.attempt(e),this.isSending=!1,await this.showPhotos()}get likelyCamera(){let e=this.details?.prints.find(e=>e.machine_id)?.machine_id,{printers:t}=this.app.store.state,n=t.find(t=>t.id===e)?.device_id;return this.app.cameras().find(e=>n&&e.device===n)?.id??``}async removePhoto(e){this.leaving=null,await this.app.attempt(this.app.api.removePhoto(this.archiveId,e.photo_id)),await this.showPhotos()}async showPhotos(){await this.load(),this.details&&this.tell(this.details)}again(e){let{archive:t}=this;this.dispatchEvent(new CustomEvent(`again`,{detail:{archive:t,plate:e}}))}menu(e){return f`<bvp-menu
.app=${this.app}
.label=${this.t(`common.more`)}
.items=${[_(`work`,[e])&&{label:this.t(`notes.title`),icon:`mdi:pencil-outline`,disabled:!this.canAct,onClick:()=>this.writing=!0},{label:this.t(`common.copy_link`),icon:`mdi:link-variant`,onClick:()=>void ge(this.app,this,this.app.url(`archive`,this.archiveId))},this.qr.item(this.app,()=>this.app.url(`archive`,this.archiveId)),_(`delete`,[e])&&{label:this.t(`archive.delete_dots`),icon:`mdi:delete-outline`,danger:!0,disabled:!this.canAct,onClick:()=>this.dispatchEvent(new CustomEvent(`remove`,{detail:e}))}]}
></bvp-menu>`}facts(e){return f`<div class="facts">
${xe(this.app,e,this.details)} ${he(this.app,e)}
${e.judged_good||e.judged_failed?m(`mdi:thumbs-up-down-outline`,this.t(`stats.judged`),Re(this.app,e.judged_good??0,e.judged_failed??0)):v}
${m(`mdi:lightning-bolt-outline`,this.t(`stats.energy_kwh`),ze(this.app,this.details?.prints??[]))}
${e.print_count?m(`mdi:check`,this.t(`archive.printed`),this.t(`archive.printed_times`,{count:e.print_count})):v}
</div>`}actions(t){return f`<div class="actions">
${_(`decide`,[t])?l({label:this.t(`archive.again`),icon:`mdi:playlist-plus`,look:`primary`,disabled:!this.canAct||!this.details||!!this.details.not_queueable,onClick:()=>this.again(null)}):v}
${t.download===null?v:f`<a class="button outlined" href=${t.download} download
>${o(`mdi:download`)}<span>${this.t(`common.download`)}</span></a
>`}
${_(`work`,[t])?l({label:this.t(this.isSending?`archive.photo_sending`:`archive.photo_add`),icon:`mdi:camera-plus-outline`,disabled:!this.canAct||this.isSending,onClick:()=>this.pickPhoto()}):v}
${_(`work`,[t])&&this.app.cameras().length?e({label:this.t(`archive.photo_camera`),icon:`mdi:cctv`,disabled:!this.canAct||this.isSending,onClick:()=>void this.chooseCamera()}):v}
</div>`}plates(t){if(t.length<2)return v;let{format:n}=this.app;return f`<section>
<h3>${this.t(`fact.plates_name`)}</h3>
<ul class="rows">
${t.map(t=>{let r=t.name||this.t(`archive.plate`,{plate:t.number}),i=[t.print_time_s?n.duration(t.print_time_s):``,t.filament_g?n.weight(t.filament_g):``].filter(Boolean).join(` · `);return f`<li>
<bvp-picture .src=${t.picture_small}></bvp-picture>
<span class="text"
>${r}<br /><span class="secondary"
>${i}
${S(t.filaments.map(e=>e.color),[])}</span
></span
>
${t.printable&&this.archive&&_(`decide`,[this.archive])?e({label:this.t(`archive.again_named`,{name:r}),icon:`mdi:playlist-plus`,disabled:!this.canAct||!!this.details?.not_queueable,onClick:()=>this.again(t)}):v}
</li>`})}
</ul>
</section>`}filaments(e){let{format:t}=this.app;return e.filaments.length?f`<section>
<h3>${this.t(`fact.filament`)}</h3>
<ul class="filaments">
${e.filaments.map(e=>f`<li>
${d(e.color)}<span
>${e.profile||e.type}
${e.used_g?f`<span class="secondary">· ${t.weight(e.used_g)}</span>`:v}</span
>
</li>`)}
</ul>
</section>`:v}photos(t){return t.length?f`<section>
<h3>${this.t(`archive.photos`)}</h3>
<ul class="photos">
${t.map(t=>{let n=this.t(`archive.photo_of`,{time:this.app.format.moment(t.added_at)});return f`<li>
<a href=${t.url} target="_blank" rel="noreferrer"
><bvp-picture .src=${t.url} .alt=${n}></bvp-picture
></a>
${this.archive&&_(`work`,[this.archive])?e({label:this.t(`archive.photo_remove`),icon:`mdi:close`,disabled:!this.canAct,onClick:()=>this.leaving=t}):v}
</li>`})}
</ul>
</section>`:v}said(e){let{format:t}=this.app,n=[[this.t(`archive.file_name`),e.file_name],[this.t(`archive.designer`),e.designer],[this.t(`archive.slicer`),[qe[e.slicer]??e.slicer,e.slicer_version].filter(Boolean).join(` `)],[this.t(`archive.model`),h(e.sliced_for)],[this.t(`archive.printer_profile`),e.printer_profile],[this.t(`archive.print_profile`),e.print_profile],[this.t(`archive.nozzle`),t.list(e.nozzle_diameters_mm.map(e=>this.t(`fact.millimetres`,{millimetres:e})))],[this.t(`archive.layers`),e.total_layers===null?null:t.number(e.total_layers)],[this.t(`printers.nozzle`),e.nozzle_temperature_c===null?null:t.celsius(e.nozzle_temperature_c)],[this.t(`printers.bed`),[e.bed_temperature_c===null?``:t.celsius(e.bed_temperature_c),e.bed_type].filter(Boolean).join(` · `)],[this.t(`archive.supports`),e.support_used===null?null:this.t(e.support_used?`archive.yes`:`archive.no`)],[this.t(`archive.objects`),t.list([...new Set(e.plates.flatMap(e=>e.objects))].slice(0,40))]];return f`<details>
<summary>${this.t(`archive.everything`)}</summary>
<dl>
${n.map(([e,t])=>t?f`<dt>${e}</dt>
<dd>${t}</dd>`:v)}
</dl>
</details>`}more(e){return f`${this.photos(e.photos)} ${this.plates(e.plates)}
${this.filaments(e)}
${e.prints.length?f`<section>
<h3>${this.t(`archive.prints`)}</h3>
${Ue(this.app,e.prints,this.judging,!this.canAct)}
</section>`:v}
${e.exact.length?f`<section>
<h3>${this.t(`archive.same`)}</h3>
${Ke(this.app,e.exact)}
</section>`:v}
${e.similar.length?f`<section>
<h3>${this.t(`archive.similar`)}</h3>
${Ke(this.app,e.similar)}
</section>`:v}
${this.said(e)}`}dialogs(e){return f`${this.isShooting?f`<bvp-camera-dialog
.app=${this.app}
.cameras=${this.app.cameras()}
.chosen=${this.likelyCamera}
@taken=${e=>void this.takePhoto(e.detail)}
@closed=${()=>this.isShooting=!1}
></bvp-camera-dialog>`:v}
${this.writing?f`<bvp-notes-dialog
.app=${this.app}
.item=${e}
@save=${e=>void this.edit(e.detail)}
@closed=${()=>this.writing=!1}
></bvp-notes-dialog>`:v}
${this.leaving?f`<bvp-text-dialog
.app=${this.app}
danger
.heading=${this.t(`archive.photo_remove`)}
.question=${this.t(`archive.photo_remove_text`)}
.confirm=${this.t(`archive.delete`)}
@done=${()=>void this.removePhoto(this.leaving)}
@closed=${()=>this.leaving=null}
></bvp-text-dialog>`:v}`}render(){let{archive:t,details:n}=this,r=e({label:this.t(this.narrow?`common.back`:`common.close`),icon:this.narrow?`mdi:arrow-left`:`mdi:close`,onClick:()=>this.dispatchEvent(new CustomEvent(`back`))});if(!t)return this.error?f`<div class="body">
<div class="title">${r}</div>
${c(`error`,this.app.sayError(this.error))}
</div>`:f`<div class="body"><div class="title">${r}</div></div>`;let i=_e(t);return f`<article aria-labelledby="name">
<bvp-plates
.app=${this.app}
.cover=${t.picture}
.name=${t.name}
.plates=${n?.plates??[]}
></bvp-plates>
${this.qr.render(this.app)} ${this.judging.render()}
<div class="body">
<div class="title">
${this.narrow?r:v}
<h2 id="name" tabindex="-1">${t.name}</h2>
${e({label:this.t(`fact.favourite`),icon:t.favourite?`mdi:star`:`mdi:star-outline`,pressed:t.favourite,disabled:!this.canAct||!_(`work`,[t]),onClick:()=>void this.edit({favourite:!t.favourite})})}
${this.menu(t)} ${this.narrow?v:r}
</div>
<p class="secondary">
${this.t(i?`inbox.sent_by`:`archive.received_by`,{source:i,printer:t.printer})}
· ${this.app.format.moment(t.received_at)}
</p>
${this.facts(t)}
${this.details?.not_queueable&&_(`decide`,[t])?c(`info`,this.app.say(this.details.not_queueable)):v}
${this.actions(t)}
<bvp-written
.app=${this.app}
.file=${t}
.canAct=${this.canAct}
.save=${this.edit}
></bvp-written>
${this.error?c(`error`,this.app.sayError(this.error)):v}
${n?this.more(n):v}
</div>
</article>
${this.dialogs(t)}`}};i([r()],q.prototype,`archiveId`,void 0),i([r({attribute:!1})],q.prototype,`known`,void 0),i([r({type:Number})],q.prototype,`version`,void 0),i([r({type:Boolean,reflect:!0})],q.prototype,`narrow`,void 0),i([r({type:Boolean})],q.prototype,`canAct`,void 0),i([n()],q.prototype,`details`,void 0),i([n()],q.prototype,`error`,void 0),i([n()],q.prototype,`writing`,void 0),i([n()],q.prototype,`leaving`,void 0),i([n()],q.prototype,`isSending`,void 0),i([n()],q.prototype,`isShooting`,void 0),q=i([a(`bvp-archive-detail`)],q);var qe={bambu_studio:`Bambu Studio`,orca_slicer:`OrcaSlicer`},Je=250,Ye=6,Xe=16,Ze=e=>e.toUpperCase(),J=class extends x{constructor(...e){super(...e),this.facets=null,this.isOpen=!1,this.typed=``,this.told=``}static{this.styles=[y,w,g,p`
:host{display:block}.top{display:flex;flex-wrap:wrap;align-items:center;gap:8px}.search{position:relative;flex:1 1 240px}.search .icon{position:absolute;inset-block-start:12px;inset-inline-start:12px;color:var(--secondary-text-color);pointer-events:none}.search input{padding-inline-start:40px}.top select{flex:0 1 auto;width:auto}.filters{display:grid;grid-template-columns:repeat(auto-fill,minmax(130px,1fr));gap:0 16px;padding:16px 16px 0;margin-top:8px}.quick{display:flex;align-items:center;gap:4px;margin-top:4px;overflow-x:auto;scrollbar-width:none}.material{flex:none;min-height:44px;padding:0 12px;border:1px solid transparent;border-radius:22px;background:none;color:var(--primary-text-color);font:inherit;cursor:pointer}.material[aria-pressed="true"]{border-color:var(--primary-text-color)}.quick .colour{flex:none}.colour{display:grid;place-items:center;width:44px;height:44px;padding:0;border:2px solid transparent;border-radius:50%;background:none;cursor:pointer}.colour[aria-pressed="true"]{border-color:var(--primary-text-color)}.colour .swatch{width:28px;height:28px}.clear{grid-column:1 / -1;margin-bottom:16px}`]}willUpdate(){this.filters.q!==this.told&&(this.told=this.filters.q,this.typed=this.filters.q)}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.typing)}focusSearch(){let e=this.renderRoot.querySelector(`#search`);return e?.focus(),e!==null}set(e,t=!1){clearTimeout(this.typing);let n={...this.filters,q:this.typed,...e};this.dispatchEvent(new CustomEvent(`change-filters`,{detail:{filters:n,replace:t}}))}onType(e){this.typed=e.target.value,clearTimeout(this.typing),this.typing=setTimeout(()=>{this.told=this.typed,this.set({},!0)},Je)}choice(e,t,n){let r=this.filters[e],i=!r||n.some(e=>e.value===r)?n:[...n,{value:r,label:r}];return i.length?f`<div class="field">
<label for=${e}>${this.t(t)}</label>
<select
id=${e}
.value=${D(r)}
@change=${t=>this.set({[e]:t.target.value})}
>
<option value="" ?selected=${!r}>${this.t(`archive.any`)}</option>
${i.map(e=>f`<option value=${e.value} ?selected=${e.value===r}>
${e.label}
</option>`)}
</select>
</div>`:v}counted(e,t=e=>e){return(e??[]).filter(e=>e.value).map(({value:e,count:n})=>({value:e,label:this.t(`archive.option`,{name:t(e),number:n})}))}colours(){let{colour:e}=this.filters,t=(this.facets?.colours??[]).map(e=>e.value).filter(e=>/^#[0-9a-f]{6}$/i.test(e));return[...new Set([...t.slice(0,Xe),...e?[e]:[]])].map(t=>f`<button
type="button"
class="colour"
aria-pressed=${t.toLowerCase()===e.toLowerCase()}
aria-label=${this.t(`archive.colour_named`,{colour:t})}
title=${re(t)??v}
@click=${()=>this.set({colour:t.toLowerCase()===e.toLowerCase()?``:t})}
>
${d(t)}
</button>`)}materials(){let{material:e}=this.filters,t=(this.facets?.materials??[]).map(e=>e.value).filter(Boolean);return[...new Set([...t.slice(0,Ye),...e?[e]:[]])].map(t=>f`<button
type="button"
class="material"
aria-pressed=${t===e}
@click=${()=>this.set({material:t===e?``:t})}
>
${Ze(t)}
</button>`)}quick(){let{materials:e,colours:t}=this.facets??{},{material:n,colour:r}=this.filters;return!n&&!r&&(e?.length??0)<2&&(t?.length??0)<2?v:f`<div
class="quick"
role="group"
aria-label="${this.t(`archive.material`)}, ${this.t(`archive.colour`)}"
>
${this.materials()} ${this.colours()}
</div>`}day(e,t){return f`<div class="field">
<label for=${e}>${this.t(t)}</label>
<input
id=${e}
type="date"
.value=${D(this.filters[e])}
@change=${t=>this.set({[e]:t.target.value})}
/>
</div>`}more(){let{facets:e}=this,t=e=>(e??[]).filter(e=>e.id).map(e=>({value:e.id,label:this.t(`archive.option`,{name:e.value,number:e.count})}));return f`<div class="filters card" id="filters">
${this.choice(`material`,`archive.material`,this.counted(e?.materials,Ze))}
${this.choice(`printer`,`archive.printer`,t(e?.printers))}
${this.choice(`model`,`archive.model`,this.counted(e?.sliced_for,h))}
${this.choice(`tag`,`archive.tag`,this.counted(e?.tags))}
${this.choice(`project`,`archive.project`,this.counted(e?.projects))}
${this.choice(`person`,`common.person`,t(e?.people))}
${this.choice(`instance`,`archive.instance`,(e?.instances??[]).map(({id:e,value:t})=>({value:e,label:t})))}
${this.choice(`printed`,`archive.printed`,[{value:`yes`,label:this.t(`archive.printed_yes`)},{value:`no`,label:this.t(`archive.printed_no`)}])}
${this.day(`from`,`archive.from`)} ${this.day(`to`,`archive.to`)}
${R(this.filters)?f`<div class="clear">
${l({label:this.t(`archive.clear`),icon:`mdi:filter-remove`,onClick:()=>this.set(z(this.filters))})}
</div>`:v}
</div>`}render(){let{filters:t}=this,n=R(t);return f`<search>
<div class="top">
<div class="search">
${o(`mdi:magnify`)}
<input
id="search"
type="search"
aria-label=${this.t(`archive.search`)}
placeholder=${this.t(`archive.search`)}
.value=${D(this.typed)}
@input=${this.onType}
/>
</div>
${e({label:this.t(`archive.favourites`),icon:t.fav?`mdi:star`:`mdi:star-outline`,pressed:t.fav===`1`,onClick:()=>this.set({fav:t.fav?``:`1`})})}
<button
type="button"
class="button outlined"
aria-expanded=${this.isOpen}
aria-controls="filters"
@click=${()=>this.isOpen=!this.isOpen}
>
${o(n?`mdi:filter-check`:`mdi:filter-variant`)}<span
>${n?this.t(`archive.filters_count`,{number:n}):this.t(`archive.filters`)}</span
>
</button>
<select
aria-label=${this.t(`archive.sort`)}
.value=${D(t.sort)}
@change=${e=>this.set({sort:e.target.value})}
>
${N.map(e=>f`<option value=${e} ?selected=${e===t.sort}>
${this.t(`archive.sort_${e}`)}
</option>`)}
</select>
</div>
${this.quick()} ${this.isOpen?this.more():v}
</search>`}};i([r({attribute:!1})],J.prototype,`filters`,void 0),i([r({attribute:!1})],J.prototype,`facets`,void 0),i([n()],J.prototype,`isOpen`,void 0),i([n()],J.prototype,`typed`,void 0),J=i([a(`bvp-archive-filters`)],J);var Y=60,Qe=500,$e=class{constructor(e,t){this.api=e,this.changed=t,this.items=[],this.total=0,this.isTotalExact=!0,this.facets=null,this.error=null,this.isKnown=!1,this.isLoading=!1,this.cursor=null,this.query={},this.round=0}get hasMore(){return this.cursor!==null}load(e){return this.query=e,this.ask({limit:Y},!0)}reload(){return this.ask({limit:Math.min(Qe,Math.max(Y,this.items.length))},!0)}async more(){this.isLoading||this.cursor===null||await this.ask({limit:Y,cursor:this.cursor},!1)}replace(e){let t=new Map(e.map(e=>[e.id,e]));this.items=this.items.map(e=>t.get(e.id)??e),this.changed()}remove(e){let t=this.items.length;this.items=this.items.filter(t=>!e.includes(t.id)),this.total-=t-this.items.length,this.changed()}async ask(e,t){let n=++this.round;this.isLoading=!0,this.changed();try{let r=await this.api().archives({...this.query,...e,facets:t});if(n!==this.round)return;let i=new Set(t?[]:this.items.map(e=>e.id));this.items=t?r.archives:[...this.items,...r.archives.filter(e=>!i.has(e.id))],this.total=r.total,this.isTotalExact=r.is_total_exact,this.cursor=r.cursor,this.facets=r.facets??this.facets,this.error=null,this.isKnown=!0}catch(e){if(n!==this.round)return;this.error=e}this.isLoading=!1,this.changed()}},et=p`
.table{width:100%;border-collapse:collapse;table-layout:fixed}.table th{padding:0 8px;height:44px;font-weight:var(--ha-font-weight-medium,500);text-align:start}.table th button{display:inline-flex;align-items:center;gap:4px;max-width:100%;min-height:44px;padding:0;border:0;background:none;color:inherit;font:inherit;font-weight:inherit;text-align:start;cursor:pointer}.table th .icon{--mdc-icon-size:16px;width:16px;height:16px}.table tr.item{height:57px;border-top:1px solid var(--divider-color)}.table tr.current{background:color-mix(in srgb,var(--primary-color) 12%,transparent)}.table td{height:56px;padding:0 8px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}.table td:first-child{overflow:visible}.table .first{display:grid;grid-template-columns:auto minmax(0,1fr) auto;align-items:center;gap:12px}.table bvp-picture{width:40px}.table input[type="checkbox"]{margin:0 10px}.table .names{display:grid;min-width:0}.table .names > *{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}.table .link{color:inherit;font-weight:var(--ha-font-weight-medium,500);text-decoration:none}.table .link:hover{text-decoration:underline}.table .swatches{flex-wrap:nowrap}.table .sign{vertical-align:middle;display:inline-flex;align-items:center;gap:4px}.table .sign .icon{--mdc-icon-size:18px;width:18px;height:18px}.table .printed .icon{color:var(--success-color)}.table .failed .icon{color:var(--error-color)}.table .end-cell{width:52px;padding:0;overflow:visible;text-overflow:clip}.table .name-cell{width:var(--bvp-name-width)}`,X=[{label:`archive.received`,sorts:[`newest`,`oldest`],cell:(e,t)=>e.format.date(t.received_at)},{label:`queue.time`,sorts:[`print_time`],cell:(e,{print_time_s:t})=>t===null?``:e.format.duration(t)},{label:`archive.result`,cell:(e,t)=>Z(e,t)},{label:`fact.weight`,sorts:[`filament`],cell:(e,{filament_g:t})=>t===null?``:e.format.weight(t)},{label:`archive.material`,cell:(e,t)=>S(t.filament_colors,t.filament_types)},{label:`archive.model`,cell:(e,t)=>h(t.sliced_for)},{label:`archive.size`,sorts:[`size`],cell:(e,t)=>e.format.bytes(t.size_bytes)}],tt=112,nt=320,rt=[`name`,`oldest`];function Z(e,t){let n=H(t);if(!n)return v;let r=n===`failed`?U(e,t):e.t(`archive.printed_times`,{count:t.print_count});return n===`failed`?Q(n,`mdi:close-circle-outline`,e.t(`stats.failed`),r):Q(n,`mdi:check-circle-outline`,e.format.number(t.print_count),r)}function Q(e,t,n,r){return f`<span class="sign ${e}" title=${r}
>${o(t)}<span aria-hidden="true">${n}</span><span class="visually-hidden">${r}</span></span
>`}function it(e,t,n,r,i){let a=n?.includes(r)??!1,s=rt.includes(r);return n?f`<th
scope="col"
class=${t===`archive.sort_name`?`name-cell`:``}
aria-sort=${a?s?`ascending`:`descending`:`none`}
>
<button
type="button"
@click=${()=>i(r===n[0]?n[1]??n[0]:n[0])}
>
<span>${e.t(t)}</span>
${a?o(s?`mdi:arrow-up`:`mdi:arrow-down`):v}
</button>
</th>`:f`<th scope="col">${e.t(t)}</th>`}function at(e,t,n,r){let i=Math.floor((r.width-nt)/tt),a=X.slice(0,Math.max(0,i)),o=a.length?`${r.width-52-a.length*tt}px`:`auto`;return f`<table
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
${oe(t.slice(n.from,n.to),e=>e.id,(t,i)=>ot(e,t,n.from+i,a,r.of(t)))}
<tr aria-hidden="true" style="height:${n.after}px"></tr>
</tbody>
</table>`}function ot(e,t,n,r,i){return f`<tr
id="tile-${t.id}"
class=${i.isCurrent||i.selected?`item current`:`item`}
aria-rowindex=${n+2}
>
${O([t,e,r.length,i.canAct,i.isCurrent,i.selected],()=>st(e,t,r,i))}
</tr>`}function st(t,n,r,i){return f`<td>
<div class="first">
${i.selected===null?f`<bvp-picture .src=${n.picture_small}></bvp-picture>`:f`<input
type="checkbox"
aria-label=${t.t(`archive.select_named`,{name:n.name})}
.checked=${i.selected}
@change=${e=>i.onSelect(e.target.checked)}
/>`}
<span class="names">
<a
class="link touch"
href=${i.href}
title=${n.name}
aria-current=${i.isCurrent?`true`:v}
@click=${i.onOpen}
>${n.name}</a
>
${r.length<2?f`<span class="secondary small"
>${X[0].cell(t,n)} · ${X[1].cell(t,n)}
${Z(t,n)}</span
>`:v}
</span>
${n.photo_count?Q(`secondary`,`mdi:camera-outline`,`${n.photo_count}`,t.t(`fact.photos`,{count:n.photo_count})):v}
</div>
</td>
${r.map(e=>f`<td>${e.cell(t,n)}</td>`)}
<td class="end-cell">
${_(`decide`,[n])?e({label:t.t(`archive.again_named`,{name:n.name}),icon:`mdi:playlist-plus`,disabled:!i.canAct,onClick:i.onAgain}):v}
</td>`}var ct=4,lt=16,ut=60;function dt(e,t,n,r){if(!t||!t.rowHeight||!r)return{from:0,to:Math.min(e,ut),before:0,after:0};let{columns:i,rowHeight:a}=t,o=Math.ceil(e/i),s=e=>Math.max(0,Math.min(o,e)),c=i===1?lt:1,l=Math.min(Math.floor(n/a),o-1)-ct,u=Math.ceil((n+r)/a)+ct,d=s(Math.floor(l/c)*c),f=Math.max(d,s(Math.ceil(u/c)*c));return{from:d*i,to:Math.min(e,f*i),before:d*a,after:(o-f)*a}}function ft(e){let t=e.querySelector(`tr.item`)?.getBoundingClientRect().height;return t?{columns:1,rowHeight:t}:null}function pt(e){let t=e.firstElementChild;if(!t)return null;let n=getComputedStyle(e),r=t.getBoundingClientRect().height,i=n.gridTemplateColumns.split(` `).filter(e=>e.endsWith(`px`)).length;return r&&i?{columns:i,rowHeight:r+(parseFloat(n.rowGap)||0)}:null}var mt=[{id:`grid`,icon:`mdi:view-grid-outline`,label:`archive.view_grid`},{id:`list`,icon:`mdi:format-list-bulleted`,label:`archive.view_list`},{id:`calendar`,icon:`mdi:calendar-month-outline`,label:`archive.view_calendar`}],ht=`bvp-archive-view`,$=class extends ne{constructor(...e){super(...e),this.filters=F(new URLSearchParams),this.selected=null,this.dialog=null,this.problem=``,this.isSending=!1,this.version=0,this.pages=new $e(()=>this.app.api,()=>this.requestUpdate()),this.shown=dt(0,null,0,0),this.layout=null,this.view=`grid`,this.width=0,this.watched=null,this.isMeasuring=!1,this.asked=``,this.stats=``,this.listTop=0,this.openId=null,this.sentinel=typeof IntersectionObserver>`u`?null:new IntersectionObserver(e=>{e.some(e=>e.isIntersecting)&&this.pages.more()},{rootMargin:`800px`}),this.resized=typeof ResizeObserver>`u`?null:new ResizeObserver(()=>this.measure()),this.measure=()=>{this.isMeasuring||(this.isMeasuring=!0,requestAnimationFrame(()=>{this.isMeasuring=!1;let e=this.renderRoot.querySelector(`.known`),t=this.scroller;if(!e||!t)return;this.layout=(e.matches(`tbody`)?ft(e):pt(e))??this.layout;let n=Math.round(e.getBoundingClientRect().width);n!==this.width&&(this.width=n,this.requestUpdate());let r=this.shownNow(e,t);(r.from!==this.shown.from||r.to!==this.shown.to)&&this.requestUpdate()}))},this.onKey=e=>{this.app?.shortcuts&&!se(e)&&this.onShortcut(e.key)&&(e.preventDefault(),e.stopPropagation())}}static{this.styles=[y,g,Me,et,le,be,p`
:host{display:block}.page{display:grid;grid-template-columns:minmax(0,1fr);gap:24px;max-width:calc(1200px + 2 * var(--bvp-gutter));margin:0 auto;padding:16px var(--bvp-gutter) 32px}.page.open{grid-template-columns:minmax(0,1fr) minmax(360px,440px);max-width:1560px}.detail{position:sticky;top:16px;align-self:start;max-height:calc(100dvh - var(--bvp-header) - 32px);overflow:auto}:host([narrow]) .page{padding:8px var(--bvp-gutter) 24px}.count{display:flex;flex-wrap:wrap;align-items:center;gap:0 8px;min-height:56px}.count .text{flex:1}.bulk{position:sticky;top:0;z-index:2;display:flex;flex-wrap:wrap;align-items:center;gap:8px;padding:8px 0;background:var(--primary-background-color)}.bulk .text{flex:1 0 auto;font-weight:var(--ha-font-weight-medium,500)}.acts{display:flex;flex-wrap:wrap;gap:8px}:host([narrow]) .acts{flex:1 0 100%;justify-content:space-between}.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));gap:16px}:host([narrow]) .grid{grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:12px}.skeleton{padding-inline:0}.end{display:grid;justify-items:center;padding:16px}`]}connectedCallback(){super.connectedCallback(),this.watched=this.parentElement,this.watched?.addEventListener(`scroll`,this.measure,{passive:!0}),this.resized?.observe(this),document.addEventListener(`keydown`,this.onKey),this.pages.isKnown&&this.pages.reload()}disconnectedCallback(){super.disconnectedCallback(),document.removeEventListener(`keydown`,this.onKey),this.sentinel?.disconnect(),this.resized?.disconnect(),this.watched?.removeEventListener(`scroll`,this.measure),this.watched=null}shownNow(e,t){let n=e&&t?t.getBoundingClientRect().top-e.getBoundingClientRect().top:0;return dt(this.pages.items.length,this.layout,n,t?.clientHeight??0)}willUpdate(e){if(e.has(`route`)){let e=de(mt,this.route,ht);e!==this.view&&(this.view=e,this.layout=null,e===`calendar`&&(this.selected=null)),this.filters=F(this.route.query);let t=V(this.filters,this.app.format),n=JSON.stringify(t);n!==this.asked&&(this.asked=n,this.pages.load(t))}e.has(`state`)&&this.followLibrary();let t=this.hasUpdated?this.renderRoot.querySelector(`.known`):null;this.shown=this.shownNow(t,this.scroller)}followLibrary(){let{stats:e,connection:t}=this.state;if(!e||t!==`live`)return;let n=JSON.stringify([e.archives,e.ever_archived,e.printed]);this.stats&&n!==this.stats&&(this.version++,this.pages.isKnown&&this.pages.reload()),this.stats=n}updated(e){super.updated(e),this.sentinel?.disconnect();let t=this.renderRoot.querySelector(`.end`);t&&this.sentinel?.observe(t),this.measure();let n=this.route.id;if(n===this.openId)return;let r=this.openId;this.openId=n,this.onOpened(r,n)}onOpened(e,t){t&&this.narrow&&this.scroller&&(this.scroller.scrollTop=0),!t&&e&&(this.renderRoot.querySelector(`#tile-${CSS.escape(e)} .link`)?.focus({preventScroll:!0}),this.narrow&&requestAnimationFrame(()=>{this.scroller&&(this.scroller.scrollTop=this.listTop)}))}get scroller(){return this.parentElement}get canAct(){return this.state.connection===`live`}get chosen(){return this.pages.items.filter(e=>this.selected?.has(e.id))}focusSearch(){return this.renderRoot.querySelector(`bvp-archive-filters`)?.focusSearch()??!1}address(e={},t=this.filters){let n=[...this.route.query].filter(([e])=>e===`view`||e===`month`);return{...I(t),...Object.fromEntries(n),...e}}lookAs(e){s(ht,e),this.app.go(`archive`,this.narrow?null:this.route.id,this.address({view:e}),!0)}get month(){let e=this.route.query.get(`month`)??``;return Ce(e)?e:this.app.format.dayKey(new Date).slice(0,7)}async export(e){let t=await this.app.attempt(this.app.api.exportArchives(V(this.filters,this.app.format),e));t&&Object.assign(document.createElement(`a`),{href:t.url,download:``}).click()}open(e){e&&!this.route.id&&(this.listTop=this.scroller?.scrollTop??0);let t=!this.narrow&&e!==null&&this.route.id!==null;this.app.go(`archive`,e,this.address(),t)}look(e,t){this.app.go(`archive`,this.narrow?null:this.route.id,this.address({},e),t)}onShortcut(e){let t=this.renderRoot,n=[...t.querySelectorAll(`.link`)],r=n.indexOf(t.activeElement),i=this.layout?.columns??1,a=getComputedStyle(this).direction===`rtl`?-1:1,o={j:1,k:-1};r>=0&&Object.assign(o,{ArrowDown:i,ArrowUp:-i,ArrowRight:a,ArrowLeft:-a});let s=o[e];if(s!==void 0)return n[Math.max(0,Math.min(n.length-1,r+s))]?.focus(),!0;switch(e){case`x`:{let e=this.pages.items[this.shown.from+r];return r>=0&&e&&this.select(e.id,!this.selected?.has(e.id)),r>=0}case`u`:{let e=(r>=0?this.pages.items[this.shown.from+r]:void 0)??this.pages.items.find(e=>e.id===this.route.id);return e&&this.canAct&&_(`decide`,[e])&&this.plan([e]),!!e}case`Escape`:if(this.selected)this.selected=null;else if(this.route.id)this.open(null);else return!1;return!0;default:return!1}}select(e,t){let n=new Set(this.selected??[]);t?n.add(e):n.delete(e),this.selected=n}selectAll(){let e=this.pages.items.map(e=>e.id);this.selected=new Set(this.selected?.size===e.length?[]:e)}async plan(e,t=null){let n={kind:`queue`,archives:e,plate:t,details:null};this.dialog=n,this.problem=``;let[r]=e;if(!r||e.length>1)return;let i=await this.app.attempt(this.app.api.archive(r.id));i&&this.dialog===n&&(this.dialog={...n,details:i})}async queue(e,{plan:t,ids:n}){let{plate:r}=e,i=e.archives.length>1?e.archives.filter(({id:e})=>n.includes(e)):e.archives;this.problem=``,this.isSending=!0;let a=await De(this.app,i,r?{...t,plates:[r.number]}:t,e=>this.problem=e);this.isSending=!1,this.version++,this.dialog===e&&(a.length?this.dialog={...e,archives:a}:this.done())}async delete(e,t){this.done();let n=await Oe(this.app,e,t);this.pages.remove(n),this.route.id&&n.includes(this.route.id)&&this.app.go(`archive`,null,this.address(),!0),C(this,`.link`,`.count > button`)}async change(e){this.done(),C(this,`.count > button`),this.pages.replace(await e),this.version++}done(){this.dialog=null,this.selected=null}subject(e){let{archives:t,plate:n,details:r}=e,[i]=t;return t.length>1?{name:this.t(`archive.files`,{count:t.length}),files:t,of:`archive_ids`,sliced_for:``,print_time_s:null,filament_g:null,cost:null,plates:[],plan:null}:n?{name:n.name||i.name,sliced_for:i.sliced_for,print_time_s:n.print_time_s,filament_g:n.filament_g,cost:null,plates:[],plan:null,not_queueable:r?.not_queueable??null,file:{archive_id:i.id},only:[n.number]}:{...r??i,plates:r?.plates??[],plan:null,file:{archive_id:i.id}}}dialogs(){let{dialog:e,app:t}=this,n=()=>this.dialog=null;switch(e?.kind){case`queue`:return f`<bvp-queue-dialog
.app=${t}
.targets=${this.state.targets}
.subject=${this.subject(e)}
.problem=${this.problem}
.busy=${this.isSending}
@closed=${n}
@queue=${t=>void this.queue(e,t.detail)}
></bvp-queue-dialog>`;case`delete`:return f`<bvp-archive-delete
.app=${t}
.archives=${e.archives}
@closed=${n}
@delete=${t=>void this.delete(e.archives,t.detail)}
></bvp-archive-delete>`;case`tag`:case`project`:{let r=e.kind===`tag`,i=this.pages.facets?.[r?`tags`:`projects`]??[];return f`<bvp-text-dialog
.app=${t}
.heading=${this.t(r?`archive.tag_add`:`archive.project_set`)}
.label=${this.t(r?`archive.tag`:`archive.project`)}
.confirm=${this.t(`common.save`)}
.suggestions=${i.slice(0,12).map(e=>e.value)}
@closed=${n}
@done=${n=>void this.change((r?je:Ae)(t,e.archives,n.detail))}
></bvp-text-dialog>`}default:return v}}bulk(){let t=this.chosen,n=!this.canAct||!t.length,r=e=>()=>this.dialog={kind:e,archives:t},i=t.length>0&&t.every(e=>e.favourite),a=(t,r,i)=>this.narrow?e({label:t,icon:r,disabled:n,onClick:i}):l({label:t,icon:r,disabled:n,onClick:i});return f`<div class="bulk" role="toolbar" aria-label=${this.t(`common.select`)}>
${e({label:this.t(`common.close`),icon:`mdi:close`,onClick:()=>this.selected=null})}
<span class="text" role="status">${this.t(`archive.chosen`,{count:t.length})}</span>
${l({label:this.t(this.selected?.size===this.pages.items.length?`common.select_none`:`common.select_all`),look:`plain`,onClick:()=>this.selectAll()})}
<span class="acts">
${_(`decide`,t)?a(this.t(`verb.queue_dots`),`mdi:playlist-plus`,()=>void this.plan(t)):v}
${_(`work`,t)?[a(this.t(`archive.tag`),`mdi:tag-plus-outline`,r(`tag`)),a(this.t(`archive.project`),`mdi:folder-outline`,r(`project`)),a(this.t(i?`archive.unfavourite`:`fact.favourite`),i?`mdi:star-off-outline`:`mdi:star-outline`,()=>void this.change(M(this.app,t,!i)))]:v}
${_(`delete`,t)?a(this.t(`archive.delete`),`mdi:delete-outline`,r(`delete`)):v}
</span>
</div>`}options(e){return{canAct:this.canAct,isCurrent:e.id===this.route.id,selected:this.selected?this.selected.has(e.id):null,href:this.app.url(`archive`,e.id,this.address()),onOpen:n=>t(n,()=>this.selected?this.select(e.id,!this.selected.has(e.id)):this.open(e.id)),onSelect:t=>this.select(e.id,t),onFavourite:()=>void M(this.app,[e],!e.favourite).then(e=>this.pages.replace(e)),onAgain:()=>void this.plan([e])}}calendar(){return f`<bvp-archive-calendar
.app=${this.app}
.query=${V({...this.filters,from:``,to:``},this.app.format)}
.month=${this.month}
.version=${this.version}
.narrow=${this.narrow}
.href=${e=>this.app.url(`archive`,e,this.address())}
@open=${e=>this.open(e.detail)}
@month=${e=>this.app.go(`archive`,null,this.address({month:e.detail}),!0)}
@day=${({detail:e})=>this.app.go(`archive`,null,this.address({view:`grid`},{...this.filters,from:e,to:e}))}
></bvp-archive-calendar>`}nothingFound(){return L(this.filters)?ce(`mdi:archive-search-outline`,this.t(`archive.empty`),l({label:this.t(`archive.clear`),icon:`mdi:filter-remove`,onClick:()=>this.look(z(this.filters),!1)})):ce(`mdi:archive-outline`,this.t(`archive.empty_library`))}found(){let{pages:e}=this;return this.view===`calendar`?this.calendar():e.error&&!e.items.length?c(`error`,this.app.sayError(e.error),l({label:this.t(`archive.retry`),look:`plain`,onClick:()=>void e.reload()})):e.isKnown?e.items.length?f`${this.view===`list`?this.table():this.tiles()}
${e.hasMore?f`<div class="end">
${l({label:this.t(`archive.more`),disabled:e.isLoading,onClick:()=>void e.more()})}
</div>`:v}`:this.nothingFound():ye(`archive`,this.view===`list`?`rows`:``)}table(){return at(this.app,this.pages.items,this.shown,{width:this.width||this.clientWidth,sort:this.filters.sort,onSort:e=>this.look({...this.filters,sort:e},!1),of:e=>this.options(e)})}tiles(){let{from:e,to:t,before:n,after:r}=this.shown;return f`<ul class="grid known" style="padding-block:${n}px ${r}px">
${oe(this.pages.items.slice(e,t),e=>e.id,e=>f`<li
id="tile-${e.id}"
class="tile card ${this.selected?.has(e.id)||e.id===this.route.id?`selected`:``}"
>
${O([e,this.app,this.canAct,this.filters,e.id===this.route.id,this.selected?.has(e.id)],()=>Ne(this.app,e,this.options(e)))}
</li>`)}
</ul>`}list(){let{pages:t}=this,n=this.state.stats?.archive_bytes,r=[t.isTotalExact?this.t(`archive.files`,{count:t.total}):this.t(`archive.files_more`,{count:this.app.format.number(t.total)}),n&&!L(this.filters)?this.app.format.bytes(n):``].filter(Boolean);return f`<section aria-label=${this.t(`tab.archive`)}>
<bvp-archive-filters
.app=${this.app}
.filters=${this.filters}
.facets=${t.facets}
@change-filters=${e=>this.look(e.detail.filters,e.detail.replace)}
></bvp-archive-filters>
${this.selected?this.bulk():f`<div class="count">
<span class="text secondary" role="status"
>${t.isKnown?r.join(` · `):``}</span
>
${t.items.length?f`<bvp-menu
.app=${this.app}
.label=${this.t(`archive.export`)}
icon="mdi:table-arrow-down"
.items=${[`csv`,`xlsx`].map(e=>({label:this.t(`archive.export_${e}`),icon:e===`csv`?`mdi:file-delimited-outline`:`mdi:file-table-outline`,onClick:()=>void this.export(e)}))}
></bvp-menu>`:v}
${t.items.length&&this.view!==`calendar`?(this.narrow?e:l)({label:this.t(`common.select`),icon:`mdi:checkbox-multiple-marked-outline`,look:`plain`,onClick:()=>this.selected=new Set}):v}
${fe(this.app,mt,this.view,e=>this.lookAs(e))}
</div>`}
${this.found()}
</section>`}detail(e){return f`<bvp-archive-detail
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
></bvp-archive-detail>`}render(){let e=this.route.id;return e&&this.narrow?f`${this.detail(e)} ${this.dialogs()}`:f`<div class="page ${e?`open`:``}">
${this.list()} ${e?this.detail(e):v}
</div>
${this.dialogs()}`}};i([n()],$.prototype,`filters`,void 0),i([n()],$.prototype,`selected`,void 0),i([n()],$.prototype,`dialog`,void 0),i([n()],$.prototype,`problem`,void 0),i([n()],$.prototype,`isSending`,void 0),i([n()],$.prototype,`version`,void 0),$=i([a(`bvp-archive`)],$);export{$ as BvpArchive};