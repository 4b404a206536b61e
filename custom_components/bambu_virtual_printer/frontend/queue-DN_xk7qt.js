import{B as e,C as t,D as n,G as r,H as i,L as a,M as o,N as s,O as c,S as l,T as u,b as d,c as f,d as p,f as m,g as h,h as ee,i as g,j as _,k as v,l as te,m as y,n as b,p as x,r as S,s as ne,t as C,u as w,v as re,w as ie,x as ae,y as oe}from"./shared-BcSZPcl1.js";import{t as T}from"./text-dialog-Dv5XRQnr.js";import{n as se,t as E}from"./element-cwS2XI8r.js";import{t as ce}from"./empty-B1E1io25.js";import{n as le,t as ue}from"./instance-choice-B_dbJ0lF.js";import{i as de,n as fe,r as pe,t as me}from"./judging-DvLd8aMh.js";import"./menu-BNINHhTx.js";import{t as he}from"./keys-CBBOGsce.js";import{n as ge,r as _e,t as ve}from"./view-choice-Crfh5KoJ.js";import{a as ye,c as D,f as be}from"./router-DDfbl-vM.js";import{a as xe,c as Se,d as Ce,f as we,i as Te,l as O,n as Ee,o as De,r as Oe,s as ke,t as Ae,u as je}from"./queue-model-MPVKdcQ-.js";import"./dialog-DXFMQhgU.js";import{t as Me}from"./form-D97BTJLp.js";import{a as Ne,c as k,d as Pe,f as Fe,h as Ie,i as Le,l as A,m as Re,o as ze,p as Be,r as Ve,s as He,t as Ue,u as We}from"./sender-CN0ufmTg.js";import{n as Ge,t as Ke}from"./queue-copy-DehRzYlV.js";import{i as qe}from"./printers-status-DFIHgCLY.js";var Je=class{constructor(e,t,n,r){this.app=e,this.ask=t,this.grouping=n,this.judging=r}choose(e,t){e===`fail`?this.ask({kind:`fail`,jobs:t}):e===`stop`||e===`cancel`&&t.some(d)?this.ask({kind:`confirm`,verb:e,jobs:t}):e===`cancel`?this.cancel(t):this.do(e,t)}edit(e,t=null){this.ask({kind:`edit`,jobs:e,part:t})}async do(e,t,n={}){let{app:r}=this,i=t.map(e=>e.id),a=r.api.doJobs(i,e,n);this.guess(e,t,a);let o=await r.attempt(a);return o?(o.failed.length&&this.refused(e,t,o.failed),o.jobs.length&&this.told(e,o.jobs),o.jobs):[]}guess(e,t,n){let r=new Set(t.map(e=>e.id)),i=t=>{switch(e){case`complete`:return t.copies_printed+1<t.copies?{...t,copies_printed:t.copies_printed+1,verbs:[]}:null;case`fail`:case`cancel`:return null;case`start`:return{...t,state:`waiting`,verbs:[]};case`hold`:return{...t,state:`staged`,verbs:[]};case`release`:return{...t,state:`pending`,verbs:[]};default:return{...t,verbs:[]}}};this.app.store.guess(e=>({...e,queue:e.queue.flatMap(e=>r.has(e.id)?i(e)??[]:e)}),n)}refused(e,t,n){let r=n.filter(e=>be(e.error)&&e.error.translation_key===`cancel_not_confirmed`);if((e===`cancel`||e===`stop`)&&r.length){let n=r.map(e=>e.id);this.ask({kind:`confirm`,verb:e,jobs:t.filter(e=>n.includes(e.id))})}else this.app.toast(this.app.sayError(n[0].error))}told(e,n){let{app:r}=this,i=n.length===1?t(r,n[0]):``;if(e===`complete`){let e=n[0];r.toast(i&&e.copies_printed<e.copies?r.t(`queue.copy_printed`,{name:i,printed:e.copies_printed,copies:e.copies}):i?r.t(`queue.was_printed`,{name:i}):r.t(`queue.were_printed`,{count:n.length}))}else e===`retry`&&r.toast(i?r.t(`queue.was_retried`,{name:i}):r.t(`queue.were_retried`,{count:n.length}))}async cancel(e){let{app:n}=this,r=n.store.state.queue.filter(e=>!d(e)),i=r.findIndex(t=>t.id===e[0].id),a=i>0?r[i-1].id:null,o=await this.do(`cancel`,e);if(!o.length)return;let s=e.filter(e=>o.some(t=>t.id===e.id));n.toast({message:s.length===1?n.t(`queue.was_cancelled`,{name:t(n,s[0])}):n.t(`queue.were_cancelled`,{count:s.length}),duration:8e3,action:{text:n.t(`common.undo`),run:()=>void this.uncancel(s,a)}})}async uncancel(e,t){let{api:n}=this.app,r=t=>e.filter(e=>e.state===t).map(e=>e.id);await this.app.attempt((async()=>{let{failed:i}=await n.doJobs(e.map(e=>e.id),`retry`);if(i.length)throw i[0].error;r(`staged`).length&&await n.doJobs(r(`staged`),`hold`),r(`waiting`).length&&await n.doJobs(r(`waiting`),`start`),await this.moveAll(e,t)})())}async answer(e,t){let n=this.app.api.answer(e.id,t);this.app.store.guess(t=>({...t,queue:t.queue.map(t=>t.id===e.id?{...t,answers:[]}:t)}),n),await this.app.attempt(n)}async move(e,n){let r=this.moveAll(e,n),i=e.map(e=>e.id);if(this.app.store.guess(e=>({...e,queue:O(e.queue,i,n)}),r),await this.app.attempt(r)===void 0)return;let a=this.app.store.state.queue.filter(e=>!d(e));this.app.announce(this.app.t(`queue.moved`,{name:t(this.app,e[0]),place:a.findIndex(t=>t.id===e[0].id)+1,count:a.length}))}async moveAll(e,t){for(let n of e)await this.app.api.moveJob(n.id,t),t=n.id;return!0}async assign(e,t,n){let r=e.map(e=>e.id),i=e.filter(e=>e.target!==t),a=(async()=>{for(let e of i)await this.app.api.editJob(e.id,{target:t});return n!==void 0&&await this.moveAll(e,n),!0})();this.app.store.guess(e=>{let i=e.queue.map(e=>r.includes(e.id)?{...e,target:t}:e);return{...e,queue:n===void 0?i:O(i,r,n)}},a),await this.app.attempt(a)}toTop(e){this.move(e,null)}toBottom(e){let t=e.map(e=>e.id),n=this.app.store.state.queue.filter(e=>!t.includes(e.id)).at(-1);n&&this.move(e,d(n)?null:n.id)}async again(e){let{app:n}=this;await n.attempt(n.api.queueArchive(e.archive_id,{plates:[e.plate],...e.target?{target:e.target}:{},...Object.keys(e.options).length?{options:e.options}:{}}))&&n.toast(n.t(`queue.was_retried`,{name:t(n,e)}))}},Ye=r`
.status{display:flex;flex-wrap:wrap;align-items:center;gap:4px 8px}.question{display:grid;gap:8px}.buttons{display:flex;flex-wrap:wrap;align-items:center;gap:8px}.progress{display:grid;gap:4px}`,j=r`
.handle{display:grid;place-items:center;width:40px;height:100%;min-height:56px;padding:0;border:0;background:none;color:var(--secondary-text-color);cursor:grab;touch-action:none}@media (pointer:coarse){.handle{width:44px}}.handle[aria-pressed="true"]{color:var(--primary-text-color);background:color-mix(in srgb,var(--primary-color) 20%,transparent);cursor:grabbing}.carried{outline:2px solid var(--primary-color);outline-offset:-2px;z-index:1}`,M={start:`mdi:play`,hold:`mdi:pause-circle-outline`,release:`mdi:play-pause`,complete:`mdi:check`,fail:`mdi:close`,cancel:`mdi:cancel`,stop:`mdi:stop`,pause:`mdi:pause`,resume:`mdi:play`,retry:`mdi:refresh`},Xe=[`resume`,`pause`,`start`,`release`,`complete`,`fail`,`hold`,`retry`];function N(e,t,n){return t===`hold`&&n.every(e=>e.state===`waiting`)?e.t(`queue.verb_put_back`):e.t(`queue.verb_${t}`)}function P(t,n,r,a){let s=re(r),c=r.every(e=>e.state===`waiting`),l=r.every(ae),u=(c?l?[`complete`,`fail`]:[]:r.every(e=>e.state===`staged`||e.state===`pending`)?[`start`]:[`resume`,`pause`,`retry`]).filter(e=>s.has(e));if(!u.length)return e;let d=c&&l?r[0].download:null,f=Ge(t,r);return i`${d?i`<a
class="icon-button"
href=${d}
download
aria-label=${t.t(`queue.download`)}
title=${t.t(`queue.download`)}
>${o(`mdi:download`)}</a
>`:e}${f.length?i`<bvp-menu
.app=${t}
.label=${t.t(`queue.copy_to`)}
.icon=${Ke}
.disabled=${a||r.some(e=>e.copying)}
.items=${f}
></bvp-menu>`:e}${u.map(e=>_({label:N(t,e,r),icon:M[e],look:e===`complete`?`primary`:`outlined`,disabled:a,onClick:()=>n.choose(e,r)}))}`}function Ze(e,t,n,r){let{targets:i}=e.store.state,a=(a,o,s=``)=>{let c=n.find(e=>!C(e.sliced_for,{sliced_for:s}));return{label:S(e,i,a),icon:o,checked:n.every(e=>(e.target||`none`)===a),disabled:r,...c?{refused:e.t(`inbox.sliced_for`,{model:b(c.sliced_for)})}:{},onClick:()=>void t.assign(n,a,void 0)}};return[...i.map(e=>a(e.id,e.kind===`printer`?`mdi:printer-3d`:`mdi:cube-outline`,e.sliced_for)),a(`none`,`mdi:help-circle-outline`)]}var Qe=[[`copies`,`queue.copies`,`mdi:content-copy`],[`not_before`,`queue.not_before`,`mdi:calendar-clock`],[`due`,`queue.due`,`mdi:flag-outline`],[`options`,`queue_dialog.options`,`mdi:tune-variant`]];function F(e,t,n,r){let i=re(n),a=n[0],o=n.every(e=>e.position!==null&&!d(e)),s=o&&g(`work`,n),c=o&&g(`decide`,n),l=Ge(e,n),u=(a,o=!1)=>i.has(a)&&{label:N(e,a,n),icon:M[a],danger:o,disabled:r,onClick:()=>t.choose(a,n)};return[...Xe.map(e=>u(e)),s&&{label:e.t(`queue.to_top`),icon:`mdi:arrow-collapse-up`,disabled:r,onClick:()=>t.toTop(n)},s&&{label:e.t(`queue.to_bottom`),icon:`mdi:arrow-collapse-down`,disabled:r,onClick:()=>t.toBottom(n)},c&&{label:e.t(`queue.target`),icon:`mdi:printer-3d`,disabled:r,items:Ze(e,t,n,r)},...Qe.map(([i,a,o])=>c&&{label:`${e.t(a)}…`,icon:o,disabled:r,onClick:()=>t.edit(n,i)}),c&&n.length===1&&{label:e.t(`queue.edit`),icon:`mdi:pencil`,disabled:r,onClick:()=>t.edit(n)},t.grouping!==void 0&&n.length>1&&{label:e.t(`queue.ungroup`),icon:`mdi:ungroup`,onClick:()=>t.grouping?.setApart(a.archive_id,!0)},t.grouping?.isApart(a.archive_id)===!0&&{label:e.t(`queue.group`),icon:`mdi:group`,onClick:()=>t.grouping?.setApart(a.archive_id,!1)},...n.length===1?I(e,t,a,r):[],{label:e.t(`queue.open_archive`),icon:`mdi:archive`,onClick:()=>e.go(`archive`,a.archive_id)},a.download!==null&&{label:e.t(`queue.download`),icon:`mdi:download`,href:a.download,download:!0},l.length>0&&{label:e.t(`queue.copy_to`),icon:`mdi:sd`,disabled:r||n.some(e=>e.copying),items:l},u(`stop`,!0),u(`cancel`,!0)]}function I(e,{judging:t},n,r){if(!t)return[];let i=pe(n);return[de(n)&&{label:e.t(`printers.again_heading`),icon:`mdi:repeat`,disabled:r,onClick:()=>t.offer(n)},i&&{label:e.t(`prints.judge_good`),icon:`mdi:thumb-up-outline`,disabled:r,onClick:()=>void t.good(t.of(n))},i&&{label:e.t(`prints.judge_failed`),icon:`mdi:thumb-down-outline`,disabled:r,onClick:()=>t.failed(t.of(n))}]}function L(e,t){if(!t.verdict)return``;let n=e.t(t.verdict===`good`?`prints.good`:`prints.failed`),r=t.verdict_reason?`${n}: ${t.verdict_reason}`:n;return e.t(`prints.judged`,{verdict:r})}var $e={completed:[`mdi:check-circle-outline`,`good`],failed:[`mdi:close-circle-outline`,`bad`],cancelled:[`mdi:cancel`,`neutral`],skipped:[`mdi:debug-step-over`,`neutral`]};function R(e,t){return t.problem?e.say(t.problem):t.error}function z(t,n,r,a){let o=r[0];if(o.question)return rt(t,n,o,a);if(d(o))return tt(t,o);let s=$e[o.state];if(s){let n=R(t,o);return i`<div class="status">
${m(s[0],t.say(o.status),s[1])}
${n?i`<span class="small">${n}</span>`:e}
${o.verdict?i`<span class="small">${L(t,o)}</span>`:e}
</div>`}let c=new Map,l=r.find(e=>e.copying);for(let e of r){let{waiting:n}=e;if(!n)continue;let r=t.say(n),i=Te(n.key)?`warning`:`neutral`;r&&c.set(r,m(we(n.key),r,i));let a=n.wrong_model&&t.say(n.wrong_model);a&&c.set(a,m(`mdi:alert-outline`,a,`warning`))}if(o.priority!==`normal`){let e=o.priority===`high`,n=t.t(e?`queue.priority_high`:`queue.priority_low`);c.set(n,m(e?`mdi:chevron-double-up`:`mdi:chevron-double-down`,n))}let u=o.due??(o.is_late?o.ready_by:null);if(u){let e=o.is_late?t.say({text_key:`waiting_late`,values:{time:{time:u}}}):t.t(`queue.due_at`,{time:t.format.moment(u)}),n=o.is_late||new Date(u).getTime()<Date.now();c.set(e,m(`mdi:flag-outline`,e,n?`warning`:`neutral`))}return i`${c.size?i`<div class="status">${[...c.values()]}</div>`:e}${l?et(t,l):e}`}function et(e,t){let{printer_id:n,progress:r}=t.copying,a=e.store.state.printers.find(e=>e.id===n)?.name??``,o=e.t(`queue.copying`,{printer:a}),s=r===null?``:e.format.percent(r);return i`<div class="progress" role="status">
<span class="small">${o}</span>
${te(r,o,s||o)}
</div>`}function tt(n,r){let{format:a}=n,o=n.say(r.status),s=r.expected_end?(new Date(r.expected_end).getTime()-Date.now())/1e3:null,c=[r.progress===null?``:a.percent(r.progress),s!==null&&s>0?n.t(`queue.left`,{time:a.duration(s)}):``,r.expected_end?n.t(`queue.ends_at`,{time:a.moment(r.expected_end)}):``].filter(Boolean);return i`<div class="progress">
<span>${o}</span>
${te(r.progress,t(n,r),c.join(`, `)||o)}
<span class="small secondary">${c.slice(r.progress===null?0:1).join(` · `)}</span>
${r.problem?i`<span>${m(`mdi:alert-circle-outline`,n.say(r.problem),`warning`)}</span>`:e}
</div>`}var nt={started:`mdi:play`,not_started:`mdi:undo-variant`,finished:`mdi:check`,failed:`mdi:close`,cancelled:`mdi:cancel`};function rt(e,t,n,r){let a=n.printed_on??(n.target_name?e.say(n.target_name):``);return i`<div class="question" role="group" aria-label=${e.t(`queue.question`)}>
<span class="status">
${m(`mdi:help-circle-outline`,e.t(`queue.question`),`warning`)}
<span>${e.t(`queue.question_${n.question}`,{printer:a})}</span>
</span>
<span class="buttons">
${n.answers.map(i=>_({label:e.t(`queue.answer_${i}`),icon:nt[i],disabled:r,onClick:()=>void t.answer(n,i)}))}
</span>
</div>`}function B(t,n){let r=n.every(e=>e.sender===n[0].sender),{format:a}=t,{seconds:o,grams:s}=u(n),c=n[0],l=n.length>1?null:c.copies>1?t.t(`queue.copies_printed`,{printed:c.copies_printed,copies:c.copies}):null,d=[...new Set(n.flatMap(e=>e.filament_colors))],p=[...new Set(n.flatMap(e=>e.filament_types))];return i`<div class="facts secondary">
${n.length>1?y(`mdi:layers-triple-outline`,t.t(`queue.plates`),a.number(n.length)):e}
${y(`mdi:timer-outline`,t.t(`queue.time`),o?a.duration(o):null)}
${y(`mdi:weight-gram`,t.t(`queue.weight`),s?a.weight(s):null)}
${y(`mdi:content-copy`,t.t(`queue.copies`),l)}
${r?Ue(t,c):e} ${f(d,p)}
</div>`}var V=999,H=class extends E{constructor(...e){super(...e),this.close=()=>{this.dispatchEvent(new CustomEvent(`closed`))}}names(e){return e.length===1?t(this.app,e[0]):this.t(`queue.jobs`,{count:e.length})}};h([c({attribute:!1})],H.prototype,`actions`,void 0);var U=class extends H{constructor(...e){super(...e),this.jobs=[],this.text=``,this.failed=null}static{this.styles=[p,Me]}async done(e){let t=await this.actions.do(`fail`,this.jobs,{reason:e});t.length?this.failed=t:this.close()}async again(){this.close(),await this.actions.do(`retry`,this.failed)}render(){return this.failed?this.askAgain():this.askReason()}askReason(){return i`<bvp-dialog
.app=${this.app}
.heading=${this.t(`queue.fail_heading`,{name:this.names(this.jobs)})}
@closed=${this.close}
>
<div class="chips field" role="group" aria-label=${this.t(`queue.reason`)}>
${me.map(e=>{let t=this.t(`queue.reason_${e}`);return i`<button type="button" class="choose" @click=${()=>this.done(t)}>
${t}
</button>`})}
</div>
<div class="field">
<label for="reason">${this.t(`queue.reason_other`)}</label>
<input
id="reason"
maxlength="200"
.value=${this.text}
@input=${e=>this.text=e.target.value}
/>
</div>
<span slot="actions">
${_({label:this.t(`common.cancel`),look:`plain`,onClick:this.close})}
${_({label:this.t(`queue.verb_fail`),look:`danger`,onClick:()=>void this.done(this.text.trim())})}
</span>
</bvp-dialog>`}askAgain(){return i`<bvp-dialog
.app=${this.app}
.heading=${this.t(`queue.again_heading`)}
@closed=${this.close}
>
<p>${this.t(`queue.again_text`,{name:this.names(this.jobs)})}</p>
<span slot="actions">
${_({label:this.t(`queue.again_no`),look:`plain`,onClick:this.close})}
${_({label:this.t(`queue.again_yes`),look:`primary`,onClick:()=>void this.again()})}
</span>
</bvp-dialog>`}};h([c({attribute:!1})],U.prototype,`jobs`,void 0),h([n()],U.prototype,`text`,void 0),h([n()],U.prototype,`failed`,void 0),U=h([v(`bvp-queue-fail`)],U);var W=class extends H{constructor(...e){super(...e),this.jobs=[],this.verb=`stop`}render(){return i`<bvp-dialog
.app=${this.app}
.heading=${this.t(`queue.stop_heading`,{name:this.names(this.jobs)})}
@closed=${this.close}
>
<p>${this.t(`queue.stop_text`,{printer:this.jobs[0]?.printed_on??``})}</p>
<span slot="actions">
${_({label:this.t(`queue.stop_no`),look:`plain`,onClick:this.close})}
${_({label:this.t(`queue.verb_stop`),icon:`mdi:stop`,look:`danger`,onClick:()=>{this.close(),this.actions.do(this.verb,this.jobs,{confirm:!0})}})}
</span>
</bvp-dialog>`}};h([c({attribute:!1})],W.prototype,`jobs`,void 0),h([c()],W.prototype,`verb`,void 0),W=h([v(`bvp-queue-confirm`)],W);var it={copies:`queue.copies`,not_before:`queue.not_before`,due:`queue.due`,options:`queue_dialog.options`},G=class extends H{constructor(...e){super(...e),this.only=null,this.targets=[],this.copies=1,this.target=`none`,this.priority=`normal`,this.notBefore=``,this.due=``,this.timing=k(null),this.rule=`printer`,this.anyway=!1,this.options={},this.problem=``,this.seeded=!1}static{this.styles=[p,Me,r`
.copies{display:flex;align-items:center;gap:8px}.copies input{width:72px;text-align:center}.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:0 16px;align-items:start}`]}get job(){return this.jobs[0]}firstUpdated(){this.only&&requestAnimationFrame(()=>this.renderRoot.querySelector(`input, select`)?.focus())}willUpdate(){if(this.seeded)return;this.seeded=!0;let{job:e}=this;this.copies=e.copies,this.target=e.target,this.priority=e.priority,this.notBefore=A(e.not_before),this.due=A(e.due),this.rule=e.filament_rule??`printer`,this.anyway=e.print_anyway,this.timing=k(e),this.options={...e.options}}get isOver(){let{job:e}=this;return We(this.notBefore,A(e.not_before))||We(this.due,A(e.due))||Le(k(e),this.timing)}changesOf(e){return{...this.copies===e.copies?{}:{copies:this.copies},...this.target===e.target?{}:{target:this.target},...this.priority===e.priority?{}:{priority:this.priority},...this.notBefore===A(e.not_before)?{}:{not_before:Pe(this.notBefore)},...this.rule===(e.filament_rule??`printer`)?{}:{filament_rule:this.rule},...this.anyway===e.print_anyway?{}:{print_anyway:this.anyway},...this.due===A(e.due)?{}:{due:Pe(this.due)},...Ne(k(e),this.timing),...Ve(this.options,e.options??{})?{}:{options:this.options}}}async save(){let{jobs:e,only:t,app:n}=this;if(this.problem=this.isOver?this.t(`timing.over`):``,this.problem)return;let r=Object.keys(this.changesOf(this.job)).length>0;try{for(let i of r?e:[]){let e=this.changesOf(i),r=t?t in e?{[t]:e[t]}:{}:e;Object.keys(r).length&&await n.api.editJob(i.id,r)}}catch(e){this.problem=n.sayError(e);return}this.close()}get choices(){let{job:e,targets:t}=this,n=t.map(n=>[n.id,S(this.app,t,n.id),C(e.sliced_for,n)]);return[`none`,...t.map(e=>e.id)].includes(e.target)||n.push([e.target,S(this.app,t,e.target,e.target_name),!0]),[...n,[`none`,this.t(`target.later`),!0]]}get fewest(){return Math.max(1,...this.jobs.map(e=>e.copies_printed))}setCopies(e){this.copies=Math.min(V,Math.max(this.fewest,e||1)),this.requestUpdate()}targetField(){return i`<div class="field">
<label for="target">${this.t(`queue.target`)}</label>
<select
id="target"
@change=${e=>this.target=e.target.value}
>
${this.choices.map(([e,t,n])=>i`<option value=${e} ?selected=${e===this.target} ?disabled=${!n}>
${n?t:this.t(`queue.target_unfit`,{target:t,model:this.job.sliced_for})}
</option>`)}
</select>
</div>`}copiesField(){return i`<div class="field">
<label for="copies">${this.t(`queue.copies`)}</label>
<span class="copies">
${s({label:this.t(`queue.copies_fewer`),icon:`mdi:minus`,disabled:this.copies<=this.fewest,onClick:()=>this.setCopies(this.copies-1)})}
<input
id="copies"
type="number"
min="1"
max=${V}
.value=${String(this.copies)}
@change=${e=>this.setCopies(Number(e.target.value))}
/>
${s({label:this.t(`queue.copies_more`),icon:`mdi:plus`,onClick:()=>this.setCopies(this.copies+1)})}
</span>
</div>`}priorityField(){return i`<div class="field">
<label for="priority">${this.t(`queue.priority`)}</label>
<select
id="priority"
@change=${e=>this.priority=e.target.value}
>
${[`high`,`normal`,`low`].map(e=>i`<option value=${e} ?selected=${e===this.priority}>
${this.t(`queue.priority_${e}`)}
</option>`)}
</select>
</div>`}notBeforeField(){return Fe(this.app,{id:`not-before`,label:this.t(`queue.not_before`),value:this.notBefore,before:A(this.job.not_before),set:e=>this.notBefore=e})}dueField(){return Fe(this.app,{id:`due`,label:this.t(`queue.due`),value:this.due,before:A(this.job.due),set:e=>this.due=e})}optionFields(){return Re(this.app,this.options,e=>{this.options=e})}fields(){switch(this.only){case`copies`:return this.copiesField();case`not_before`:return this.notBeforeField();case`due`:return this.dueField();case`options`:return this.optionFields()}return i`${this.targetField()}
<div class="two">
${this.copiesField()} ${this.priorityField()} ${this.notBeforeField()} ${this.dueField()}
${He(this.app,this.timing,e=>{this.timing=e},k(this.job))}
${Be(this.app,this.rule,this.anyway,(e,t)=>{this.rule=e,this.anyway=t})}
</div>
<details>
<summary>${this.t(`queue_dialog.options`)}</summary>
${this.optionFields()}
</details>`}get heading(){let e=this.jobs.length>1?this.job.name:t(this.app,this.job);return this.only?`${this.t(it[this.only])} · ${e}`:this.t(`queue.edit_heading`,{name:e})}render(){return i`<bvp-dialog .app=${this.app} .heading=${this.heading} @closed=${this.close}>
<form
@submit=${e=>{e.preventDefault(),this.save()}}
>
${this.fields()}
<input type="submit" hidden />
</form>
${this.problem?i`<span slot="actions" class="problem" role="alert">${this.problem}</span>`:e}
<span slot="actions">
${_({label:this.t(`common.cancel`),look:`plain`,onClick:this.close})}
${_({label:this.t(`queue.save`),look:`primary`,onClick:()=>void this.save()})}
</span>
</bvp-dialog>`}};h([c({attribute:!1})],G.prototype,`jobs`,void 0),h([c({attribute:!1})],G.prototype,`only`,void 0),h([c({attribute:!1})],G.prototype,`targets`,void 0),h([n()],G.prototype,`copies`,void 0),h([n()],G.prototype,`target`,void 0),h([n()],G.prototype,`priority`,void 0),h([n()],G.prototype,`notBefore`,void 0),h([n()],G.prototype,`due`,void 0),h([n()],G.prototype,`timing`,void 0),h([n()],G.prototype,`rule`,void 0),h([n()],G.prototype,`anyway`,void 0),h([n()],G.prototype,`options`,void 0),h([n()],G.prototype,`problem`,void 0),G=h([v(`bvp-queue-edit`)],G);var K=class extends H{constructor(...e){super(...e),this.targets=[],this.printers=[],this.disabled=!1}static{this.styles=[p,x,ee,ne,w,Ye,r`
.content{display:grid;gap:16px}bvp-picture{width:min(100%,256px);justify-self:center}.column{display:grid;gap:4px}.filaments{display:grid;gap:8px;margin:0;padding:0;list-style:none}footer{display:flex;flex-wrap:wrap;gap:8px;justify-content:flex-end;align-items:center}`]}moment(e,t,n){return y(t,this.t(e),n?`${this.t(e)}: ${this.app.format.moment(n)}`:null)}render(){let{app:n,job:r,disabled:a}=this,o=this.printers.find(e=>e.id===r.machine_id)?.live,s=o?.layer&&o.layers?this.t(`queue.layer`,{layer:o.layer,layers:o.layers}):null,c=[r];return i`<bvp-dialog addressed .app=${n} .heading=${t(n,r)} @closed=${this.close}>
<div class="content">
<bvp-picture
.src=${r.picture}
.alt=${this.t(`queue.picture`,{plate:r.plate,name:r.name})}
eager
></bvp-picture>
${z(n,this.actions,c,a)}
${Ie(n,r.filaments,r.waiting!==null&&r.target!==`none`)}
<div class="column">
${B(n,c)}
${y(`mdi:printer-3d`,this.t(`queue.target`),S(n,this.targets,r.target,r.target_name))}
${y(`mdi:layers-outline`,this.t(`queue.layers`),s)}
${y(`mdi:cash`,this.t(`queue.cost`),r.cost===null?null:n.format.money(r.cost))}
${y(`mdi:inbox-arrow-down`,this.t(`queue.came_by`),[r.printer,r.source_ip].filter(Boolean).join(` · `))}
${this.moment(`queue.expected_start`,`mdi:clock-start`,r.started_at?null:r.expected_start)}
${this.moment(`queue.expected_end`,`mdi:clock-end`,r.finished_at?null:r.expected_end)}
${this.moment(`queue.not_before`,`mdi:calendar-clock`,r.not_before)}
${this.moment(`queue.due`,`mdi:flag-outline`,r.due)} ${ze(n,r)}
${this.moment(`queue.started`,`mdi:play`,r.started_at)}
${this.moment(`queue.finished`,`mdi:flag-checkered`,r.finished_at)}
</div>
</div>
<footer slot="actions">
${P(n,this.actions,c,a)||e}
<bvp-menu
.app=${n}
.label=${this.t(`queue.more`,{name:t(n,r)})}
.items=${F(n,this.actions,c,a)}
></bvp-menu>
</footer>
</bvp-dialog>`}};h([c({attribute:!1})],K.prototype,`job`,void 0),h([c({attribute:!1})],K.prototype,`targets`,void 0),h([c({attribute:!1})],K.prototype,`printers`,void 0),h([c({type:Boolean})],K.prototype,`disabled`,void 0),K=h([v(`bvp-queue-job`)],K);var at=`none`;function ot(e){return l(e)&&e.machine_id||e.target||`none`}function st(e,t,n,r=new Set){let i=new Map;for(let t of e){let e=ot(t),n=i.get(e);n?n.push(t):i.set(e,[t])}let a=new Set(n.filter(e=>e.kind===`real`).map(e=>e.sliced_for)),o=t.filter(e=>e.kind===`printer`||i.has(e.id)||a.has(e.sliced_for)),s=new Set([...o.map(e=>e.id),at]),c=[...i.keys()].filter(e=>!s.has(e)),l=(e,t)=>{let n=i.get(e)??[];return{id:e,kind:e===`none`?`none`:t?.kind??`printer`,name:n.find(e=>e.target_name)?.target_name??null,choice:t,jobs:n,rows:ct(n,r)}};return[...o.filter(e=>e.kind===`printer`).map(e=>l(e.id,e)),...o.filter(e=>e.kind===`model`).map(e=>l(e.id,e)),...c.map(e=>l(e,null)),l(at,null)]}function ct(e,t){return[...e.filter(e=>l(e)).map(e=>({key:e.id,jobs:[e]})),...oe(e.filter(e=>!l(e)),t)]}function q(e){return e.jobs.every(e=>e.position!==null&&!l(e))}function J(e,t){if(e.kind===`none`)return!0;let{choice:n}=e;return n!==null&&t.every(e=>C(e.sliced_for,n))}function lt(e,t,n,r){let i=new Set(n.jobs.map(e=>e.id)),a=t.rows.filter(e=>e.key!==n.key&&q(e));if(!a.length)return;let o=t.rows.filter(e=>e.key!==n.key&&!q(e)).length,s=Math.max(0,Math.min(a.length,r-o));if(s>0)return a[s-1].jobs.at(-1).id;let c=e.filter(e=>e.position!==null&&!i.has(e.id)),l=c.findIndex(e=>e.id===a[0].jobs[0].id);return l>0?c[l-1].id:null}var Y=class extends E{constructor(...e){super(...e),this.jobs=[],this.target=``,this.expanded=!1,this.disabled=!1,this.inner=!1}static{this.styles=[p,x,ee,ne,w,Ye,r`
:host{display:block}.row{display:grid;grid-template-columns:64px minmax(0,1fr) auto auto;grid-template-areas:"picture main buttons menu";align-items:center;gap:4px 16px;padding:8px 4px 8px 8px}bvp-picture{grid-area:picture;align-self:start;width:64px}.main{display:grid;grid-area:main;gap:4px;min-width:0}.title{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 12px;min-width:0}.title a{overflow:hidden;color:inherit;font-weight:var(--ha-font-weight-medium,500);text-decoration:none;text-overflow:ellipsis;white-space:nowrap}.title a:hover{text-decoration:underline}.target{display:inline-flex;align-items:center;gap:4px;min-width:0;color:var(--secondary-text-color)}.target .icon{--mdc-icon-size:16px;width:16px;height:16px}.act{grid-area:buttons;justify-content:flex-end}.menu{display:flex;grid-area:menu;align-items:center}@container (max-width:680px){.row{grid-template-columns:56px minmax(0,1fr) auto;grid-template-areas:"picture title menu"
"picture facts facts"
"status status status"
"buttons buttons buttons";gap:4px 12px}.main{display:contents}.title{grid-area:title}.main > .facts{grid-area:facts}.main > :is(.status,.progress,.question){grid-area:status}.facts{gap:2px 12px}bvp-picture{width:56px}.menu{align-self:start}.act{justify-content:flex-start;padding-bottom:4px}.act:not(:has(button)){display:none}.title a{white-space:normal;overflow-wrap:anywhere}}@container (max-width:320px){.row{grid-template-areas:"picture title menu"
"facts facts facts"
"status status status"
"buttons buttons buttons";grid-template-columns:44px minmax(0,1fr) auto;gap:4px 8px}bvp-picture{width:44px}.title a{hyphens:auto}.menu{flex-direction:column-reverse}}`]}focus(){this.renderRoot.querySelector(`a`)?.focus()}get name(){let e=this.jobs[0];if(this.jobs.length>1)return e.name;if(!this.inner)return t(this.app,e);let n=this.t(`queue.plate`,{plate:e.plate});return e.plate_name?`${n}: ${e.plate_name}`:n}open(e){e.ctrlKey||e.metaKey||e.shiftKey||(e.preventDefault(),e.stopPropagation(),this.dispatchEvent(new CustomEvent(`open`)))}render(){let{app:t,actions:n,jobs:r,disabled:a}=this,[c]=r;return c?i`<div class="row">
<bvp-picture .src=${c.picture_small}></bvp-picture>
<div class="main">
<div class="title">
<a class="touch" href=${t.url(`queue`,c.id)} @click=${this.open}>${this.name}</a>
${this.inner||!this.target?e:i`<span class="target" title=${this.t(`queue.target`)}
>${o(`mdi:printer-3d`)}<span>${this.target}</span></span
>`}
</div>
${B(t,r)} ${z(t,n,r,a)}
</div>
<div class="act buttons">${P(t,n,r,a)}</div>
<div class="menu">
${r.length>1?s({label:this.t(this.expanded?`queue.hide_plates`:`queue.show_plates`,{name:c.name}),icon:this.expanded?`mdi:chevron-up`:`mdi:chevron-down`,expanded:this.expanded,onClick:()=>this.dispatchEvent(new CustomEvent(`expand`))}):e}
<bvp-menu
.app=${t}
.label=${this.t(`queue.more`,{name:this.name})}
.items=${F(t,n,r,a)}
></bvp-menu>
</div>
</div>`:e}};h([c({attribute:!1})],Y.prototype,`jobs`,void 0),h([c({attribute:!1})],Y.prototype,`actions`,void 0),h([c()],Y.prototype,`target`,void 0),h([c({type:Boolean})],Y.prototype,`expanded`,void 0),h([c({type:Boolean})],Y.prototype,`disabled`,void 0),h([c({type:Boolean})],Y.prototype,`inner`,void 0),Y=h([v(`bvp-queue-row`)],Y);var X=60,Z=14,Q=class extends E{constructor(...e){super(...e),this.lanes=[],this.disabled=!1,this.narrow=!1,this.carry=null}static{this.styles=[p,x,j,r`
:host{display:block}.lanes{display:grid;grid-auto-columns:minmax(280px,1fr);grid-auto-flow:column;gap:16px;align-items:start;margin-top:16px;padding-bottom:16px;overflow-x:auto}:host([narrow]) .lanes{grid-auto-columns:auto;grid-auto-flow:row;overflow-x:visible}.lane{display:flex;flex-direction:column;min-width:0;min-height:160px;padding:12px 8px 8px}:host([narrow]) .lane{min-height:0}.lane.over{outline:2px solid var(--primary-color);outline-offset:-2px}.lane.refused{outline:2px solid var(--error-color);outline-offset:-2px}header{display:grid;gap:4px;padding:0 8px 8px}.name{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:4px 8px}h2{min-width:0;overflow-wrap:anywhere}.rows{container-type:inline-size;display:grid;grid-template-columns:minmax(0,1fr);gap:8px;flex:1;align-content:start}.rows > li{display:grid;grid-template-columns:minmax(0,1fr);align-items:center;border:1px solid var(--divider-color);border-radius:var(--ha-border-radius-md,8px);background:var(--card-background-color)}.rows > li.movable{grid-template-columns:auto minmax(0,1fr)}@media (pointer:fine){.rows .handle{width:32px}}.drop{padding:16px 8px;border:1px dashed var(--divider-color);border-radius:var(--ha-border-radius-md,8px);color:var(--secondary-text-color);text-align:center}`]}disconnectedCallback(){super.disconnectedCallback(),this.endPointer?.()}willUpdate(e){let{carry:t}=this;t&&e.has(`lanes`)&&(this.lanes.some(e=>e.rows.some(e=>e.key===t.row.key))||(this.endPointer?this.endPointer():this.carry=null))}lane(e){return this.lanes.find(t=>t.id===e)}nameOf(e){return S(this.app,this.state.targets,e.id,e.name)}rowName(e){return e.jobs.length>1?e.jobs[0].name:t(this.app,e.jobs[0])}rowsOf(e){let{carry:t}=this,n=t&&this.lane(t.lane);if(!t||!n||!J(n,t.row.jobs))return e.rows;let r=e.rows.filter(e=>e.key!==t.row.key);return t.lane===e.id?[...r.slice(0,t.at),t.row,...r.slice(t.at)]:r}pickUp(e,t){this.carry={row:e,from:t.id,lane:t.id,at:t.rows.findIndex(t=>t.key===e.key)}}carryTo(e,t){let{carry:n}=this,r=this.lane(e);if(!n||!r)return;let i=r.rows.filter(e=>e.key!==n.row.key),a=i.filter(e=>!q(e)).length,o=Math.max(a,Math.min(i.length,t));(n.lane!==e||n.at!==o)&&(this.carry={...n,lane:e,at:o},this.app.announce(J(r,n.row.jobs)?this.t(`queue.lane_moved`,{name:this.rowName(n.row),lane:this.nameOf(r),place:o+1,count:i.length+1}):this.refusal(r,n.row)))}refusal(e,t){return this.t(`queue.lane_refused`,{name:this.rowName(t),model:b(t.jobs[0].sliced_for),lane:this.nameOf(e)})}drop(){let{carry:e}=this;this.carry=null;let t=e&&this.lane(e.lane);if(!e||!t)return;let{row:n}=e;if(!J(t,n.jobs)){this.app.toast(this.refusal(t,n));return}let r=t.rows.findIndex(e=>e.key===n.key);if(e.lane===e.from&&e.at===r)return;let i=lt(this.state.queue,t,n,e.at);this.actions.assign(n.jobs,t.id,i)}onHandleKey(e,t,n){let{carry:r}=this,i=r?.row.key===t.key,a=getComputedStyle(this).direction===`rtl`,o={ArrowUp:-1,ArrowDown:1}[e.key],s={ArrowLeft:a?1:-1,ArrowRight:a?-1:1}[e.key];if(e.key===` `||e.key===`Enter`)i?this.drop():this.disabled||(this.pickUp(t,n),this.app.announce(this.t(`queue.lane_picked_up`,{name:this.rowName(t)})));else if(i&&o!==void 0)this.carryTo(r.lane,r.at+o);else if(i&&s!==void 0){let e=this.lanes[this.lanes.findIndex(e=>e.id===r.lane)+s];e&&this.carryTo(e.id,r.at)}else if(i&&e.key===`Escape`)this.carry=null,this.app.announce(this.t(`queue.put_down`));else return;e.preventDefault(),e.stopPropagation(),this.updateComplete.then(()=>this.renderRoot.querySelector(`[data-key="${CSS.escape(t.key)}"] .handle`)?.focus())}onHandleDown(e,t,n){if(e.button!==0||this.disabled)return;e.preventDefault(),this.pickUp(t,n);let r={x:e.clientX,y:e.clientY},i=()=>{let e=this.laneAt(r.x,r.y);e&&this.carryTo(e.id,e.at)},a=setInterval(()=>{this.scrollAt(r.x,r.y)&&i()},30),o=e=>{r={x:e.clientX,y:e.clientY},i()},s=e=>{clearInterval(a),document.removeEventListener(`pointermove`,o),document.removeEventListener(`pointerup`,c),document.removeEventListener(`pointercancel`,l),document.removeEventListener(`keydown`,u,!0),this.endPointer=void 0,e?this.drop():this.carry=null},c=()=>s(!0),l=()=>s(!1),u=e=>{e.key===`Escape`&&(e.stopPropagation(),s(!1))};this.endPointer=l,document.addEventListener(`pointermove`,o),document.addEventListener(`pointerup`,c),document.addEventListener(`pointercancel`,l),document.addEventListener(`keydown`,u,!0)}laneAt(e,t){for(let n of this.renderRoot.querySelectorAll(`.lane`)){let r=n.getBoundingClientRect();if(e<r.left||e>r.right||t<r.top||t>r.bottom)continue;let i=[...n.querySelectorAll(`.rows > li`)].filter(e=>e.dataset.key!==this.carry?.row.key),a=i.findIndex(e=>{let n=e.getBoundingClientRect();return t<n.top+n.height/2});return{id:n.dataset.lane,at:a<0?i.length:a}}return null}scrollAt(e,t){let n=this.renderRoot.querySelector(`.lanes`),r=this.closest(`main`)??document.scrollingElement,i=[n.scrollLeft,r?.scrollTop],a=n.getBoundingClientRect();return e<a.left+X?n.scrollLeft-=Z:e>a.right-X&&(n.scrollLeft+=Z),r&&t<120?r.scrollTop-=Z:r&&t>window.innerHeight-X&&(r.scrollTop+=Z),i[0]!==n.scrollLeft||i[1]!==r?.scrollTop}printer(e){return this.state.printers.find(t=>t.kind===`real`&&t.id===e.id)}summary(e){let{format:t}=this.app,{seconds:n}=u(e.jobs),r=e.jobs.length?this.state.forecast.free_from[e.id]:null,a=e.jobs.length?[this.t(`queue.jobs`,{count:e.jobs.length}),n?t.duration(n):``,r?this.t(`queue.done_at`,{time:t.moment(r)}):``]:[e.kind===`printer`&&e.choice?this.t(`queue.lane_free`):``];return i`<span class="secondary small">${a.filter(Boolean).join(` · `)}</span>`}item(t,n){let r=q(t)&&g(`decide`,t.jobs),a=this.carry?.row.key===t.key,s=t.jobs[0];return i`<li
class=${`${r?`movable`:``} ${a?`carried`:``}`}
data-key=${t.key}
>
${r?i`<button
type="button"
class="handle"
aria-pressed=${a}
aria-label=${this.t(`queue.handle`,{name:this.rowName(t)})}
title=${this.t(`queue.lane_hint`)}
?disabled=${this.disabled}
@keydown=${e=>this.onHandleKey(e,t,n)}
@pointerdown=${e=>this.onHandleDown(e,t,n)}
>
${o(`mdi:drag-vertical-variant`)}
</button>`:e}
<bvp-queue-row
.app=${this.app}
.actions=${this.actions}
.jobs=${t.jobs}
.target=${l(s)?s.printed_on??``:``}
.disabled=${this.disabled}
@expand=${()=>this.actions.grouping?.setApart(s.archive_id,!0)}
@open=${()=>this.dispatchEvent(new CustomEvent(`open`,{detail:s.id}))}
></bvp-queue-row>
</li>`}column(t){let{carry:n}=this,r=this.printer(t),a=n?.lane===t.id&&n.from!==t.id,o=n!==null&&!J(t,n.row.jobs),s=this.rowsOf(t),c=r&&qe(r),l=`lane-${t.id}`;return i`<section
class=${`lane card ${a?o?`refused`:`over`:``}`}
data-lane=${t.id}
aria-labelledby=${l}
>
<header>
<div class="name">
<h2 id=${l}>${this.nameOf(t)}</h2>
${c?m(c.icon,this.t(c.key),c.tone):e}
</div>
${this.summary(t)}
${a&&o?i`<span role="alert" class="small">${this.refusal(t,n.row)}</span>`:e}
</header>
<ul class="rows">
${T(s,e=>e.key,e=>this.item(e,t))}
</ul>
${s.length?e:i`<p class="drop">${this.t(`queue.lane_empty`)}</p>`}
</section>`}render(){let e=this.lanes.filter(e=>e.id!==`none`||e.jobs.length||this.lanes.length>1);return i`<div class="lanes">
${T(e,e=>e.id,e=>this.column(e))}
</div>`}};h([c({attribute:!1})],Q.prototype,`state`,void 0),h([c({attribute:!1})],Q.prototype,`lanes`,void 0),h([c({attribute:!1})],Q.prototype,`actions`,void 0),h([c({type:Boolean})],Q.prototype,`disabled`,void 0),h([c({type:Boolean,reflect:!0})],Q.prototype,`narrow`,void 0),h([n()],Q.prototype,`carry`,void 0),Q=h([v(`bvp-queue-lanes`)],Q);var ut=5,dt=50,ft={completed:`mdi:check-circle-outline`,failed:`mdi:close-circle-outline`,cancelled:`mdi:cancel`,skipped:`mdi:debug-step-over`},pt={s:`start`,d:`complete`,f:`fail`,Delete:`cancel`},mt=[{id:`list`,icon:`mdi:format-list-bulleted`,label:`queue.view_list`},{id:`lanes`,icon:`mdi:view-column-outline`,label:`queue.view_lanes`}],ht=`bvp-queue-view`,gt=`bvp-queue-apart`,$=class extends se{constructor(...e){super(...e),this.asked=null,this.open=new Set,this.apart=new Set((ye(gt)??``).split(`,`).filter(Boolean)),this.carry=null,this.history=[],this.historyTotal=0,this.historyWhole=!1,this.elsewhere=null,this.cursor=null,this.queueIds=``,this.historyOf={person:``,instance:``},this.wantedId=null,this.reloading=0,this.shownRows=new Map,this.judging=new fe(this,()=>{this.loadHistory(),this.wantedId=null,this.followAddress()})}static{this.styles=[p,x,j,_e,r`
:host{display:block;width:100%;max-width:1200px;margin:0 auto;padding:16px var(--bvp-gutter,16px) 32px}.top{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:8px 16px;min-height:44px}.top select{width:auto;max-width:100%}.tools{display:flex;flex-wrap:wrap;align-items:center;gap:8px}section{margin-top:16px}.heading{display:flex;align-items:center;justify-content:space-between;min-height:40px}h2{display:flex;align-items:baseline;gap:8px}.rows,.plates{container-type:inline-size}.rows > li{position:relative;background:var(--card-background-color);content-visibility:auto;contain-intrinsic-size:auto 96px}.rows > li + li,.plates > li{border-top:1px solid var(--divider-color)}.rows > li:first-child{border-start-start-radius:inherit;border-start-end-radius:inherit}.rows > li:last-child{border-end-start-radius:inherit;border-end-end-radius:inherit}.line{display:grid;grid-template-columns:minmax(0,1fr);align-items:center}.line.movable{grid-template-columns:40px minmax(0,1fr)}.plates{padding-inline-start:24px}.past{display:grid;grid-template-columns:auto minmax(0,1fr) auto auto;align-items:center;gap:4px 12px;padding:4px 4px 4px 16px}.past .words{display:flex;flex-wrap:wrap;gap:0 12px;min-width:0;overflow-wrap:anywhere}.past a{color:inherit;text-decoration:none}.past a:hover{text-decoration:underline}.past .completed{color:var(--success-color)}.past .failed{color:var(--error-color)}.more{display:flex;justify-content:center;padding:8px}:host([narrow]){padding-top:8px}:host([narrow]) .line.movable{grid-template-columns:32px minmax(0,1fr)}@media (pointer:fine){:host([narrow]) .handle{width:32px}}:host([narrow]) .past{grid-template-columns:auto minmax(0,1fr) auto;padding-inline-start:12px}:host([narrow]) .past time{grid-column:2;grid-row:2}:host([narrow]) .plates{padding-inline-start:8px}`]}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.reloading),this.queueIds=``,this.endPointer?.()}get canAct(){return this.state.connection===`live`}willUpdate(e){e.has(`app`)&&(this.actions=new Je(this.app,e=>this.asked=e,{isApart:e=>this.apart.has(e),setApart:(e,t)=>this.setApart(e,t)},this.judging)),(e.has(`state`)||e.has(`route`))&&this.followQueue(),(e.has(`route`)||e.has(`state`))&&this.followAddress()}setApart(e,t){let n=new Set(this.apart);t?n.add(e):n.delete(e),this.apart=n,D(gt,[...n].slice(-50).join())}followQueue(){let e=this.state.queue.map(e=>e.id).join()||`-`,{person:t,instance:n,historyOf:r}=this,i=t===r.person&&n===r.instance;if(e===this.queueIds&&i)return;let a=!this.queueIds||!i;this.queueIds=e,this.historyOf={person:t,instance:n},clearTimeout(this.reloading),this.reloading=window.setTimeout(()=>void this.loadHistory(),a?0:700)}historyPage(e){let{person:t,instance:n}=this.historyOf;return this.app.api.history(dt,e,t,n)}async loadHistory(){try{let e=await this.historyPage(null);this.history=e.jobs,this.historyTotal=e.total,this.cursor=e.cursor}catch(e){this.app.toast(this.app.sayError(e))}}async moreHistory(){if(!this.historyWhole){this.historyWhole=!0;return}if(!this.cursor)return;let e=await this.app.attempt(this.historyPage(this.cursor));e&&(this.history=[...this.history,...e.jobs],this.cursor=e.cursor)}async followAddress(){let{id:e}=this.route;if(e===null||this.state.queue.some(t=>t.id===e)){this.elsewhere=null,this.wantedId=null;return}if(this.state.available!==!0||this.wantedId===e&&!this.queueChanged(e))return;this.wantedId=e;let t=await this.app.attempt(this.app.api.job(e));this.wantedId===e&&(t?this.elsewhere=t:this.leave())}queueChanged(e){let t=this.history.find(t=>t.id===e);return t!==void 0&&this.elsewhere!==null&&t.state!==this.elsewhere.state}get query(){return Object.fromEntries(this.route.query)}leave(){this.app.go(`queue`,null,this.query)}rowsOf(e){return this.shownRows.get(e)??[]}move(e,t,n){let r=this.rowsOf(e),i=r[t];!i||t===n||n<0||n>=r.length||this.actions.move(i.jobs,Se(this.state.queue,r,t,n))}onHandleKey(e,t,n){let{carry:r}=this,i=this.rowsOf(t),a=r?.list===t;switch(e.key){case` `:case`Enter`:a?this.drop():this.canAct&&(this.carry={list:t,from:n,to:n},this.app.announce(this.t(`queue.picked_up`,{name:this.rowName(i[n]),place:n+1,count:i.length})));break;case`ArrowUp`:case`ArrowDown`:if(!a)return;this.carryTo(r.to+(e.key===`ArrowUp`?-1:1));break;case`Escape`:if(!a)return;this.carry=null,this.app.announce(this.t(`queue.put_down`));break;default:return}e.preventDefault(),e.stopPropagation()}carryTo(e){let{carry:t}=this;if(!t)return;let n=this.rowsOf(t.list),r=Math.min(n.length-1,Math.max(0,e));r!==t.to&&(this.carry={...t,to:r},this.app.announce(this.t(`queue.moved`,{name:this.rowName(n[t.from]),place:r+1,count:n.length})),this.updateComplete.then(()=>this.renderRoot.querySelector(`.handle[aria-pressed=true]`)?.focus()))}drop(){let{carry:e}=this;this.carry=null,e&&this.move(e.list,e.from,e.to)}rowName(e){return e.jobs.length>1?e.jobs[0].name:t(this.app,e.jobs[0])}onHandleDown(e,t,n){if(customElements.get(`ha-sortable`)||e.button!==0||!this.canAct)return;e.preventDefault(),this.carry={list:t,from:n,to:n};let r=e=>{let n=[...this.renderRoot.querySelectorAll(`[data-list="${t}"] > li`)],r=n.findIndex(t=>e.clientY<t.getBoundingClientRect().bottom);this.carryTo(r<0?n.length-1:r)},i=e=>{document.removeEventListener(`pointermove`,r),document.removeEventListener(`pointerup`,a),document.removeEventListener(`pointercancel`,o),this.endPointer=void 0,e?this.drop():this.carry=null},a=()=>i(!0),o=()=>i(!1);this.endPointer=o,document.addEventListener(`pointermove`,r),document.addEventListener(`pointerup`,a),document.addEventListener(`pointercancel`,o)}onKey(e){if(!this.app.shortcuts||he(e))return;let t=[...this.renderRoot.querySelectorAll(`bvp-queue-row`)],n=t.findIndex(e=>e.matches(`:focus-within`)),r={j:1,ArrowDown:1,k:-1,ArrowUp:-1}[e.key],i=pt[e.key];if(r!==void 0)t[Math.min(t.length-1,Math.max(0,n+r))]?.focus();else if(i&&n>=0){let{jobs:e}=t[n];if(!this.canAct||!e.every(e=>e.verbs.includes(i)))return;this.actions.choose(i,e)}else return;e.preventDefault(),e.stopPropagation()}target(e){return e.printed_on??S(this.app,this.state.targets,e.target,e.target_name)}row(e,t=!1){let n=e.jobs[0];return i`<bvp-queue-row
.app=${this.app}
.actions=${this.actions}
.jobs=${e.jobs}
.target=${this.target(n)}
.inner=${t}
.expanded=${e.jobs.length>1&&this.open.has(n.archive_id)}
.disabled=${!this.canAct}
@open=${()=>this.app.go(`queue`,n.id,this.query)}
@expand=${()=>{let e=new Set(this.open);e.delete(n.archive_id)||e.add(n.archive_id),this.open=e}}
></bvp-queue-row>`}item(t,n,r,a,s){let c=this.carry?.list===n&&this.carry.to===r,l=t.jobs.length>1&&this.open.has(t.jobs[0].archive_id),u=a&&g(`work`,t.jobs);return i`<li class=${c?`item carried`:`item`}>
<div class=${a?`line movable`:`line`}>
${a&&!u?i`<span></span>`:e}
${u?i`<button
type="button"
class="handle"
aria-pressed=${c}
aria-label=${this.t(`queue.handle`,{name:this.rowName(t)})}
title=${this.t(`queue.handle_hint`)}
?disabled=${!this.canAct}
@keydown=${e=>this.onHandleKey(e,n,r)}
@pointerdown=${e=>this.onHandleDown(e,n,r)}
>
${o(`mdi:drag-horizontal-variant`)}
</button>`:e}
${this.row(t,s)}
</div>
${l?this.list(`${n}-${t.key}`,ie(t),a,!0):e}
</li>`}list(e,t,n,r=!1){this.shownRows.set(e,t);let o=n&&t.length>1,{carry:s}=this,c=s?.list===e&&t[s.from]?xe(t,s.from,s.to):t,l=i`<ul class=${r?`plates`:`rows card`} data-list=${e}>
${T(c,e=>e.key,(t,n)=>this.item(t,e,n,o,r))}
</ul>`;return o?a(l,{disabled:!this.canAct||s!==null,handle:`.handle`,item:`.item`,onMove:(t,n)=>this.move(e,t,n)}):l}lanesPart(){let{queue:e,targets:t,printers:n}=this.state;return i`<bvp-queue-lanes
.app=${this.app}
.actions=${this.actions}
.state=${this.state}
.lanes=${st(e,t,n,this.apart)}
.disabled=${!this.canAct}
.narrow=${this.narrow}
@open=${e=>this.app.go(`queue`,e.detail,this.query)}
></bvp-queue-lanes>`}section(t,n){if(!n.length)return e;let r=n.reduce((e,t)=>e+t.jobs.length,0);return i`<section aria-labelledby=${t}>
<div class="heading">
<h2 id=${t}>
${this.t(`queue.section_${t}`)}
<span class="secondary small">${this.app.format.number(r)}</span>
</h2>
</div>
${this.list(t,n,t!==`now`)}
</section>`}summary(e){let{format:t}=this.app,{seconds:n,grams:r}=u(e),a=this.state.forecast.done_at,o=[this.t(`queue.jobs`,{count:e.length}),n?t.duration(n):``,r?t.weight(r):``,a&&!this.filter&&!this.person&&!this.instance?this.t(`queue.done_at`,{time:t.moment(a)}):``];return i`<p class="secondary">${o.filter(Boolean).join(` · `)}</p>`}get filter(){return this.route.query.get(`printer`)??``}get person(){return this.route.query.get(`person`)??``}get instance(){return this.route.query.get(`instance`)??``}instancePart(){return ue(this.app,this.state.options,this.instance,e=>this.app.go(`queue`,null,{...this.query,instance:e},!0))}filterPart(){let{targets:t,queue:n}=this.state,r=Ce(n).map(e=>{let r=n.find(t=>t.target===e)?.target_name??null;return[e,S(this.app,t,e,r)]});return this.filter&&!r.some(([e])=>e===this.filter)&&r.push([this.filter,S(this.app,t,this.filter,null)]),r.length<2?e:this.choice(`printer`,this.t(`queue.filter`),this.t(`queue.filter_all`),r)}personPart(){let t=ke([...this.state.queue,...this.history]);return!t.size&&!this.person?e:!t.has(this.person)&&this.person?this.choice(`person`,this.t(`common.person`),this.t(`common.everybody`),[...t,[this.person,`…`]]):this.choice(`person`,this.t(`common.person`),this.t(`common.everybody`),[...t])}choice(e,t,n,r){let a=this.route.query.get(e)??``;return i`<select
aria-label=${t}
@change=${t=>{let{value:n}=t.target;this.app.go(`queue`,null,{...this.query,[e]:n},!0)}}
>
<option value="" ?selected=${!a}>${n}</option>
${r.map(([e,t])=>i`<option value=${e} ?selected=${e===a}>${t}</option>`)}
</select>`}past(e){let{app:n}=this,r=e.state===`completed`?``:R(n,e),a=e.verbs.includes(`retry`);return i`<li class="past">
<span class=${e.state}>${o(ft[e.state]??`mdi:history`)}</span>
<span class="words">
<a
href=${n.url(`queue`,e.id)}
@click=${t=>{t.ctrlKey||t.metaKey||t.shiftKey||(t.preventDefault(),t.stopPropagation(),n.go(`queue`,e.id,this.query))}}
>${t(n,e)}</a
>
<span class="secondary"
>${[n.say(e.status),r,L(n,e),e.printed_on,e.sender,e.instance].filter(Boolean).join(` · `)}</span
>
</span>
${e.finished_at?i`<time class="secondary small" datetime=${e.finished_at}
>${n.format.moment(e.finished_at)}</time
>`:i`<span></span>`}
<bvp-menu
.app=${n}
.label=${this.t(`queue.more`,{name:t(n,e)})}
.items=${[(a||g(`decide`,[e]))&&{label:this.t(a?`queue.verb_retry`:`queue.again`),icon:a?`mdi:refresh`:`mdi:repeat`,disabled:!this.canAct,onClick:()=>a?this.actions.choose(`retry`,[e]):void this.actions.again(e)},...I(n,this.actions,e,!this.canAct),{label:this.t(`queue.open_archive`),icon:`mdi:archive`,onClick:()=>n.go(`archive`,e.archive_id)},e.download!==null&&{label:this.t(`queue.download`),icon:`mdi:download`,href:e.download,download:!0}]}
></bvp-menu>
</li>`}failedPart(t){return t.length?i`<section aria-labelledby="failed">
<div class="heading">
<h2 id="failed">
${this.t(`queue.section_failed`)}
<span class="secondary small">${this.app.format.number(t.length)}</span>
</h2>
${t.length>1?_({label:this.t(`queue.retry_all`),icon:`mdi:refresh`,look:`plain`,disabled:!this.canAct,onClick:()=>this.actions.choose(`retry`,t)}):e}
</div>
${this.list(`failed`,t.map(e=>({key:e.id,jobs:[e]})),!1)}
</section>`:e}historyPart(t){if(!t.length)return e;let n=this.historyWhole?t:t.slice(0,ut),r=n.length<t.length||this.historyWhole&&this.cursor!==null;return i`<section aria-labelledby="history">
<div class="heading">
<h2 id="history">
${this.t(`queue.section_history`)}
<span class="secondary small">${this.app.format.number(this.historyTotal)}</span>
</h2>
</div>
<ul class="rows card">
${T(n,e=>e.id,e=>this.past(e))}
</ul>
${r?i`<div class="more">
${_({label:this.t(`queue.history_more`),look:`plain`,onClick:()=>void this.moreHistory()})}
</div>`:e}
</section>`}dialog(){let{app:t,actions:n,asked:r}=this,a=()=>this.asked=null;switch(r?.kind){case`fail`:return i`<bvp-queue-fail
.app=${t}
.actions=${n}
.jobs=${r.jobs}
@closed=${a}
></bvp-queue-fail>`;case`confirm`:return i`<bvp-queue-confirm
.app=${t}
.actions=${n}
.jobs=${r.jobs}
.verb=${r.verb}
@closed=${a}
></bvp-queue-confirm>`;case`edit`:return i`<bvp-queue-edit
.app=${t}
.actions=${n}
.jobs=${r.jobs}
.only=${r.part}
.targets=${this.state.targets}
@closed=${a}
></bvp-queue-edit>`}let{id:o}=this.route,s=o&&(this.state.queue.find(e=>e.id===o)??this.elsewhere);return s?i`<bvp-queue-job
.app=${t}
.actions=${n}
.job=${s}
.targets=${this.state.targets}
.printers=${this.state.printers}
.disabled=${!this.canAct}
@closed=${this.leave}
></bvp-queue-job>`:e}render(){let t=ge(mt,this.route,ht),n=t===`lanes`?``:this.filter,r=t===`lanes`?``:this.person,a=t===`lanes`?``:this.instance,o=r!==``||a!==``,s=le(De(Oe(this.state.queue,n),r),a),c=Oe(this.history,n).filter(e=>!this.state.queue.some(t=>t.id===e.id)),l=Ee(c,Date.now()),u=je(s,this.apart);return this.shownRows=new Map,i`<div @keydown=${this.onKey}>
<div class="top">
${s.length?this.summary(s):i`<span></span>`}
<div class="tools">
${t===`list`?[this.filterPart(),this.personPart(),this.instancePart()]:e}
${ve(this.app,mt,t,e=>{D(ht,e),this.app.go(`queue`,null,{view:e},!0)})}
${_({label:this.t(`queue.from_archive`),icon:`mdi:plus`,onClick:()=>this.app.go(`archive`)})}
</div>
</div>
${t===`lanes`?this.lanesPart():s.length?Ae.map(e=>this.section(e,u[e])):ce(`mdi:playlist-check`,this.t(o?`queue.empty_match`:n?`queue.empty_filter`:`queue.empty`),n||o?_({label:this.t(o?`archive.clear`:`queue.filter_all`),onClick:()=>this.app.go(`queue`,null,{},!0)}):e)}
${this.failedPart(l)}
${this.historyPart(c.filter(e=>!l.includes(e)))}
</div>
${this.dialog()} ${this.judging.render()}`}};h([n()],$.prototype,`asked`,void 0),h([n()],$.prototype,`open`,void 0),h([n()],$.prototype,`apart`,void 0),h([n()],$.prototype,`carry`,void 0),h([n()],$.prototype,`history`,void 0),h([n()],$.prototype,`historyTotal`,void 0),h([n()],$.prototype,`historyWhole`,void 0),h([n()],$.prototype,`elsewhere`,void 0),$=h([v(`bvp-queue`)],$);export{$ as BvpQueue};