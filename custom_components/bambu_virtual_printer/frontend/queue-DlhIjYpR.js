import{A as e,B as t,C as n,D as r,E as i,I as a,M as o,O as s,R as c,S as l,U as u,b as d,c as f,d as p,f as m,g as h,h as ee,i as g,j as _,l as te,m as v,n as ne,p as y,r as b,s as re,t as x,u as ie,v as ae,w as S,x as oe,y as se}from"./shared-2mn8ZwXE.js";import{t as C}from"./text-dialog-DK0AK4CI.js";import{n as ce,t as w}from"./element-DJxxFH7X.js";import{t as le}from"./empty-BcCdwxCK.js";import{i as ue,n as de,r as fe,t as pe}from"./judging-CEZxGl17.js";import{t as me}from"./menu-Br5TYYDC.js";import{n as he,r as ge,t as _e}from"./view-choice-CmwJxzhS.js";import{d as ve,i as ye,s as be}from"./router-eVik0JGx.js";import{a as xe,c as Se,d as Ce,f as we,i as Te,l as T,n as Ee,o as De,r as Oe,s as ke,t as Ae,u as je}from"./queue-model-D89DylXk.js";import"./dialog-BQdrqV2r.js";import{t as Me}from"./form-BwL4z9H8.js";import{a as Ne,c as E,d as Pe,f as Fe,h as Ie,i as Le,l as D,m as Re,o as ze,p as Be,r as Ve,s as He,t as Ue,u as We}from"./sender-_cUu9Az-.js";import{i as Ge}from"./printers-status-DFIHgCLY.js";var Ke=class{constructor(e,t,n,r){this.app=e,this.ask=t,this.grouping=n,this.judging=r}choose(e,t){e===`fail`?this.ask({kind:`fail`,jobs:t}):e===`stop`||e===`cancel`&&t.some(d)?this.ask({kind:`confirm`,verb:e,jobs:t}):e===`cancel`?this.cancel(t):this.do(e,t)}edit(e){this.ask({kind:`edit`,job:e})}async do(e,t,n={}){let{app:r}=this,i=t.map(e=>e.id),a=r.api.doJobs(i,e,n);this.guess(e,t,a);let o=await r.attempt(a);return o?(o.failed.length&&this.refused(e,t,o.failed),o.jobs.length&&this.told(e,o.jobs),o.jobs):[]}guess(e,t,n){let r=new Set(t.map(e=>e.id)),i=t=>{switch(e){case`complete`:return t.copies_printed+1<t.copies?{...t,copies_printed:t.copies_printed+1,verbs:[]}:null;case`fail`:case`cancel`:return null;case`start`:return{...t,state:`waiting`,verbs:[]};case`hold`:return{...t,state:`staged`,verbs:[]};case`release`:return{...t,state:`pending`,verbs:[]};default:return{...t,verbs:[]}}};this.app.store.guess(e=>({...e,queue:e.queue.flatMap(e=>r.has(e.id)?i(e)??[]:e)}),n)}refused(e,t,n){let r=n.filter(e=>ve(e.error)&&e.error.translation_key===`cancel_not_confirmed`);if((e===`cancel`||e===`stop`)&&r.length){let n=r.map(e=>e.id);this.ask({kind:`confirm`,verb:e,jobs:t.filter(e=>n.includes(e.id))})}else this.app.toast(this.app.sayError(n[0].error))}told(e,t){let{app:n}=this,r=t.length===1?O(n,t[0]):``;if(e===`complete`){let e=t[0];n.toast(r&&e.copies_printed<e.copies?n.t(`queue.copy_printed`,{name:r,printed:e.copies_printed,copies:e.copies}):r?n.t(`queue.was_printed`,{name:r}):n.t(`queue.were_printed`,{count:t.length}))}else e===`retry`&&n.toast(r?n.t(`queue.was_retried`,{name:r}):n.t(`queue.were_retried`,{count:t.length}))}async cancel(e){let{app:t}=this,n=t.store.state.queue.filter(e=>!d(e)),r=n.findIndex(t=>t.id===e[0].id),i=r>0?n[r-1].id:null,a=await this.do(`cancel`,e);if(!a.length)return;let o=e.filter(e=>a.some(t=>t.id===e.id));t.toast({message:o.length===1?t.t(`queue.was_cancelled`,{name:O(t,o[0])}):t.t(`queue.were_cancelled`,{count:o.length}),duration:8e3,action:{text:t.t(`common.undo`),run:()=>void this.uncancel(o,i)}})}async uncancel(e,t){let{api:n}=this.app,r=t=>e.filter(e=>e.state===t).map(e=>e.id);await this.app.attempt((async()=>{let{failed:i}=await n.doJobs(e.map(e=>e.id),`retry`);if(i.length)throw i[0].error;r(`staged`).length&&await n.doJobs(r(`staged`),`hold`),r(`waiting`).length&&await n.doJobs(r(`waiting`),`start`),await this.moveAll(e,t)})())}async answer(e,t){let n=this.app.api.answer(e.id,t);this.app.store.guess(t=>({...t,queue:t.queue.map(t=>t.id===e.id?{...t,answers:[]}:t)}),n),await this.app.attempt(n)}async copyTo(e,t){let{app:n}=this,r=n.api.copyToPrinter(e.id,t.id);n.store.guess(n=>({...n,queue:n.queue.map(n=>n.id===e.id&&!n.copying?{...n,copying:{printer_id:t.id,progress:null}}:n)}),r),await n.attempt(r)&&n.toast(n.t(`queue.was_copied`,{name:O(n,e),printer:t.name}))}async move(e,t){let n=this.moveAll(e,t),r=e.map(e=>e.id);if(this.app.store.guess(e=>({...e,queue:T(e.queue,r,t)}),n),await this.app.attempt(n)===void 0)return;let i=this.app.store.state.queue.filter(e=>!d(e));this.app.announce(this.app.t(`queue.moved`,{name:O(this.app,e[0]),place:i.findIndex(t=>t.id===e[0].id)+1,count:i.length}))}async moveAll(e,t){for(let n of e)await this.app.api.moveJob(n.id,t),t=n.id;return!0}async assign(e,t,n){let r=e.map(e=>e.id),i=e.filter(e=>e.target!==t),a=(async()=>{for(let e of i)await this.app.api.editJob(e.id,{target:t});return n!==void 0&&await this.moveAll(e,n),!0})();this.app.store.guess(e=>{let i=e.queue.map(e=>r.includes(e.id)?{...e,target:t}:e);return{...e,queue:n===void 0?i:T(i,r,n)}},a),await this.app.attempt(a)}toTop(e){this.move(e,null)}toBottom(e){let t=e.map(e=>e.id),n=this.app.store.state.queue.filter(e=>!t.includes(e.id)).at(-1);n&&this.move(e,d(n)?null:n.id)}async again(e){let{app:t}=this;await t.attempt(t.api.queueArchive(e.archive_id,{plates:[e.plate],...e.target?{target:e.target}:{},...Object.keys(e.options).length?{options:e.options}:{}}))&&t.toast(t.t(`queue.was_retried`,{name:O(t,e)}))}};function O(e,t){return t.plate_count>1?e.t(`queue.plate_title`,{name:t.name,plate:t.plate}):t.name}var k=u`
.status{display: flex;flex-wrap: wrap;align-items: center;gap: 4px 8px;}.question{display: grid;gap: 8px;}.buttons{display: flex;flex-wrap: wrap;align-items: center;gap: 8px;}.progress{display: grid;gap: 4px;}`,A=u`
.handle{display: grid;place-items: center;width: 40px;height: 100%;min-height: 56px;padding: 0;border: 0;background: none;color: var(--secondary-text-color);cursor: grab;touch-action: none;}@media (pointer: coarse){.handle{width: 44px;}}.handle[aria-pressed="true"]{color: var(--primary-text-color);background: color-mix(in srgb,var(--primary-color) 20%,transparent);cursor: grabbing;}.carried{outline: 2px solid var(--primary-color);outline-offset: -2px;z-index: 1;}`,j={start:`mdi:play`,hold:`mdi:pause-circle-outline`,release:`mdi:play-pause`,complete:`mdi:check`,fail:`mdi:close`,cancel:`mdi:cancel`,stop:`mdi:stop`,pause:`mdi:pause`,resume:`mdi:play`,retry:`mdi:refresh`},qe=[`resume`,`pause`,`start`,`release`,`complete`,`fail`,`hold`,`retry`];function M(e,t,n){return t===`hold`&&n.every(e=>e.state===`waiting`)?e.t(`queue.verb_put_back`):e.t(`queue.verb_${t}`)}function N(n,r,i,a){let o=ae(i),s=i.every(e=>e.state===`waiting`),l=i.every(oe),u=(s?l?[`complete`,`fail`]:[]:i.every(e=>e.state===`staged`||e.state===`pending`)?[`start`]:[`resume`,`pause`,`retry`]).filter(e=>o.has(e));if(!u.length)return c;let d=s&&l?i[0].download:null,f=s&&l&&g(`decide`,i)?Je(n,i[0]):[];return t`${d?t`<a
class="icon-button"
href=${d}
download
aria-label=${n.t(`queue.download`)}
title=${n.t(`queue.download`)}
>${_(`mdi:download`)}</a
>`:c}${f.length?t`<bvp-menu
.app=${n}
.label=${n.t(`queue.copy_to`)}
.icon=${`mdi:sd`}
.disabled=${a||i.some(e=>e.copying)}
.items=${f.map(e=>({label:e.name,icon:`mdi:printer-3d`,onClick:()=>void r.copyTo(i[0],e)}))}
></bvp-menu>`:c}${u.map(t=>e({label:M(n,t,i),icon:j[t],look:t===`complete`?`primary`:`outlined`,disabled:a,onClick:()=>r.choose(t,i)}))}`}function Je(e,t){return e.store.state.printers.filter(e=>e.kind===`real`&&x(t.sliced_for,e))}function P(e,t,n,r){let i=ae(n),a=n[0],o=n.every(e=>e.position!==null&&!d(e)),s=o&&g(`work`,n),c=(a,o=!1)=>i.has(a)&&{label:M(e,a,n),icon:j[a],danger:o,disabled:r,onClick:()=>t.choose(a,n)};return[...qe.map(e=>c(e)),s&&{label:e.t(`queue.to_top`),icon:`mdi:arrow-collapse-up`,disabled:r,onClick:()=>t.toTop(n)},s&&{label:e.t(`queue.to_bottom`),icon:`mdi:arrow-collapse-down`,disabled:r,onClick:()=>t.toBottom(n)},o&&g(`decide`,n)&&n.length===1&&{label:e.t(`queue.edit`),icon:`mdi:pencil`,disabled:r,onClick:()=>t.edit(a)},t.grouping!==void 0&&n.length>1&&{label:e.t(`queue.ungroup`),icon:`mdi:ungroup`,onClick:()=>t.grouping?.setApart(a.archive_id,!0)},t.grouping?.isApart(a.archive_id)===!0&&{label:e.t(`queue.group`),icon:`mdi:group`,onClick:()=>t.grouping?.setApart(a.archive_id,!1)},...n.length===1?F(e,t,a,r):[],{label:e.t(`queue.open_archive`),icon:`mdi:archive`,onClick:()=>e.go(`archive`,a.archive_id)},a.download!==null&&{label:e.t(`queue.download`),icon:`mdi:download`,href:a.download,download:!0},c(`stop`,!0),c(`cancel`,!0)]}function F(e,{judging:t},n,r){if(!t)return[];let i=fe(n);return[ue(n)&&{label:e.t(`printers.again_heading`),icon:`mdi:repeat`,disabled:r,onClick:()=>t.offer(n)},i&&{label:e.t(`prints.judge_good`),icon:`mdi:thumb-up-outline`,disabled:r,onClick:()=>void t.good(t.of(n))},i&&{label:e.t(`prints.judge_failed`),icon:`mdi:thumb-down-outline`,disabled:r,onClick:()=>t.failed(t.of(n))}]}function I(e,t){if(!t.verdict)return``;let n=e.t(t.verdict===`good`?`prints.good`:`prints.failed`),r=t.verdict_reason?`${n}: ${t.verdict_reason}`:n;return e.t(`prints.judged`,{verdict:r})}var Ye={completed:[`mdi:check-circle-outline`,`good`],failed:[`mdi:close-circle-outline`,`bad`],cancelled:[`mdi:cancel`,`neutral`],skipped:[`mdi:debug-step-over`,`neutral`]};function L(e,t){return t.problem?e.say(t.problem):t.error}function R(e,n,r,i){let a=r[0];if(a.question)return $e(e,n,a,i);if(d(a))return Ze(e,a);let o=Ye[a.state];if(o){let n=L(e,a);return t`<div class="status">
${m(o[0],e.say(a.status),o[1])}
${n?t`<span class="small">${n}</span>`:c}
${a.verdict?t`<span class="small">${I(e,a)}</span>`:c}
</div>`}let s=new Map,l=r.find(e=>e.copying);for(let t of r){let{waiting:n}=t;if(!n)continue;let r=e.say(n),i=Te(n.key)?`warning`:`neutral`;r&&s.set(r,m(we(n.key),r,i));let a=n.wrong_model&&e.say(n.wrong_model);a&&s.set(a,m(`mdi:alert-outline`,a,`warning`))}if(a.priority!==`normal`){let t=a.priority===`high`,n=e.t(t?`queue.priority_high`:`queue.priority_low`);s.set(n,m(t?`mdi:chevron-double-up`:`mdi:chevron-double-down`,n))}let u=a.due??(a.is_late?a.ready_by:null);if(u){let t=a.is_late?e.say({text_key:`waiting_late`,values:{time:{time:u}}}):e.t(`queue.due_at`,{time:e.format.moment(u)}),n=a.is_late||new Date(u).getTime()<Date.now();s.set(t,m(`mdi:flag-outline`,t,n?`warning`:`neutral`))}return t`${s.size?t`<div class="status">${[...s.values()]}</div>`:c}${l?Xe(e,l):c}`}function Xe(e,n){let{printer_id:r,progress:i}=n.copying,a=e.store.state.printers.find(e=>e.id===r)?.name??``,o=e.t(`queue.copying`,{printer:a}),s=i===null?``:e.format.percent(i);return t`<div class="progress" role="status">
<span class="small">${o}</span>
${te(i,o,s||o)}
</div>`}function Ze(e,n){let{format:r}=e,i=e.say(n.status),a=n.expected_end?(new Date(n.expected_end).getTime()-Date.now())/1e3:null,o=[n.progress===null?``:r.percent(n.progress),a!==null&&a>0?e.t(`queue.left`,{time:r.duration(a)}):``,n.expected_end?e.t(`queue.ends_at`,{time:r.moment(n.expected_end)}):``].filter(Boolean);return t`<div class="progress">
<span>${i}</span>
${te(n.progress,O(e,n),o.join(`, `)||i)}
<span class="small secondary">${o.slice(n.progress===null?0:1).join(` · `)}</span>
${n.problem?t`<span>${m(`mdi:alert-circle-outline`,e.say(n.problem),`warning`)}</span>`:c}
</div>`}var Qe={started:`mdi:play`,not_started:`mdi:undo-variant`,finished:`mdi:check`,failed:`mdi:close`,cancelled:`mdi:cancel`};function $e(n,r,i,a){let o=i.printed_on??(i.target_name?n.say(i.target_name):``);return t`<div class="question" role="group" aria-label=${n.t(`queue.question`)}>
<span class="status">
${m(`mdi:help-circle-outline`,n.t(`queue.question`),`warning`)}
<span>${n.t(`queue.question_${i.question}`,{printer:o})}</span>
</span>
<span class="buttons">
${i.answers.map(t=>e({label:n.t(`queue.answer_${t}`),icon:Qe[t],disabled:a,onClick:()=>void r.answer(i,t)}))}
</span>
</div>`}function z(e,n){let r=n.every(e=>e.sender===n[0].sender),{format:i}=e,{seconds:a,grams:o}=S(n),s=n[0],l=n.length>1?null:s.copies>1?e.t(`queue.copies_printed`,{printed:s.copies_printed,copies:s.copies}):null,u=[...new Set(n.flatMap(e=>e.filament_colors))],d=[...new Set(n.flatMap(e=>e.filament_types))];return t`<div class="facts secondary">
${n.length>1?v(`mdi:layers-triple-outline`,e.t(`queue.plates`),i.number(n.length)):c}
${v(`mdi:timer-outline`,e.t(`queue.time`),a?i.duration(a):null)}
${v(`mdi:weight-gram`,e.t(`queue.weight`),o?i.weight(o):null)}
${v(`mdi:content-copy`,e.t(`queue.copies`),l)}
${r?Ue(e,s):c} ${f(u,d)}
</div>`}var B=999,V=class extends w{constructor(...e){super(...e),this.close=()=>{this.dispatchEvent(new CustomEvent(`closed`))}}names(e){return e.length===1?O(this.app,e[0]):this.t(`queue.jobs`,{count:e.length})}};h([r({attribute:!1})],V.prototype,`actions`,void 0);var H=class extends V{constructor(...e){super(...e),this.jobs=[],this.text=``,this.failed=null}static{this.styles=[p,Me]}async done(e){let t=await this.actions.do(`fail`,this.jobs,{reason:e});t.length?this.failed=t:this.close()}async again(){this.close(),await this.actions.do(`retry`,this.failed)}render(){return this.failed?this.askAgain():this.askReason()}askReason(){return t`<bvp-dialog
.app=${this.app}
.heading=${this.t(`queue.fail_heading`,{name:this.names(this.jobs)})}
@closed=${this.close}
>
<div class="chips field" role="group" aria-label=${this.t(`queue.reason`)}>
${pe.map(e=>{let n=this.t(`queue.reason_${e}`);return t`<button type="button" class="choose" @click=${()=>this.done(n)}>
${n}
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
${e({label:this.t(`common.cancel`),look:`plain`,onClick:this.close})}
${e({label:this.t(`queue.verb_fail`),look:`danger`,onClick:()=>void this.done(this.text.trim())})}
</span>
</bvp-dialog>`}askAgain(){return t`<bvp-dialog
.app=${this.app}
.heading=${this.t(`queue.again_heading`)}
@closed=${this.close}
>
<p>${this.t(`queue.again_text`,{name:this.names(this.jobs)})}</p>
<span slot="actions">
${e({label:this.t(`queue.again_no`),look:`plain`,onClick:this.close})}
${e({label:this.t(`queue.again_yes`),look:`primary`,onClick:()=>void this.again()})}
</span>
</bvp-dialog>`}};h([r({attribute:!1})],H.prototype,`jobs`,void 0),h([i()],H.prototype,`text`,void 0),h([i()],H.prototype,`failed`,void 0),H=h([s(`bvp-queue-fail`)],H);var U=class extends V{constructor(...e){super(...e),this.jobs=[],this.verb=`stop`}render(){return t`<bvp-dialog
.app=${this.app}
.heading=${this.t(`queue.stop_heading`,{name:this.names(this.jobs)})}
@closed=${this.close}
>
<p>${this.t(`queue.stop_text`,{printer:this.jobs[0]?.printed_on??``})}</p>
<span slot="actions">
${e({label:this.t(`queue.stop_no`),look:`plain`,onClick:this.close})}
${e({label:this.t(`queue.verb_stop`),icon:`mdi:stop`,look:`danger`,onClick:()=>{this.close(),this.actions.do(this.verb,this.jobs,{confirm:!0})}})}
</span>
</bvp-dialog>`}};h([r({attribute:!1})],U.prototype,`jobs`,void 0),h([r()],U.prototype,`verb`,void 0),U=h([s(`bvp-queue-confirm`)],U);var W=class extends V{constructor(...e){super(...e),this.targets=[],this.copies=1,this.target=`none`,this.priority=`normal`,this.notBefore=``,this.due=``,this.timing=E(null),this.rule=`printer`,this.anyway=!1,this.options={},this.problem=``,this.seeded=!1}static{this.styles=[p,Me,u`
.copies{display: flex;align-items: center;gap: 8px;}.copies input{width: 72px;text-align: center;}.two{display: grid;grid-template-columns: repeat(auto-fit,minmax(200px,1fr));gap: 0 16px;align-items: start;}`]}willUpdate(){if(this.seeded)return;this.seeded=!0;let{job:e}=this;this.copies=e.copies,this.target=e.target,this.priority=e.priority,this.notBefore=D(e.not_before),this.due=D(e.due),this.rule=e.filament_rule??`printer`,this.anyway=e.print_anyway,this.timing=E(e),this.options={...e.options}}get isOver(){let{job:e}=this;return We(this.notBefore,D(e.not_before))||We(this.due,D(e.due))||Le(E(e),this.timing)}async save(){let{job:e,app:t}=this;if(this.problem=this.isOver?this.t(`timing.over`):``,this.problem)return;let n={...this.copies===e.copies?{}:{copies:this.copies},...this.target===e.target?{}:{target:this.target},...this.priority===e.priority?{}:{priority:this.priority},...this.notBefore===D(e.not_before)?{}:{not_before:Pe(this.notBefore)},...this.rule===(e.filament_rule??`printer`)?{}:{filament_rule:this.rule},...this.anyway===e.print_anyway?{}:{print_anyway:this.anyway},...this.due===D(e.due)?{}:{due:Pe(this.due)},...Ne(E(e),this.timing),...Ve(this.options,e.options??{})?{}:{options:this.options}};try{Object.keys(n).length&&await t.api.editJob(e.id,n)}catch(e){this.problem=t.sayError(e);return}this.close()}get choices(){let{job:e,targets:t}=this,n=t.map(n=>[n.id,b(this.app,t,n.id),x(e.sliced_for,n)]);return[`none`,...t.map(e=>e.id)].includes(e.target)||n.push([e.target,b(this.app,t,e.target,e.target_name),!0]),[...n,[`none`,this.t(`target.later`),!0]]}setCopies(e){this.copies=Math.min(B,Math.max(1,this.job.copies_printed,e||1)),this.requestUpdate()}render(){return t`<bvp-dialog
.app=${this.app}
.heading=${this.t(`queue.edit_heading`,{name:O(this.app,this.job)})}
@closed=${this.close}
>
<div class="field">
<label for="target">${this.t(`queue.target`)}</label>
<select
id="target"
@change=${e=>this.target=e.target.value}
>
${this.choices.map(([e,n,r])=>t`<option value=${e} ?selected=${e===this.target} ?disabled=${!r}>
${r?n:this.t(`queue.target_unfit`,{target:n,model:this.job.sliced_for})}
</option>`)}
</select>
</div>
<div class="two">
<div class="field">
<label for="copies">${this.t(`queue.copies`)}</label>
<span class="copies">
${o({label:this.t(`queue.copies_fewer`),icon:`mdi:minus`,disabled:this.copies<=Math.max(1,this.job.copies_printed),onClick:()=>this.setCopies(this.copies-1)})}
<input
id="copies"
type="number"
min="1"
max=${B}
.value=${String(this.copies)}
@change=${e=>this.setCopies(Number(e.target.value))}
/>
${o({label:this.t(`queue.copies_more`),icon:`mdi:plus`,onClick:()=>this.setCopies(this.copies+1)})}
</span>
</div>
<div class="field">
<label for="priority">${this.t(`queue.priority`)}</label>
<select
id="priority"
@change=${e=>this.priority=e.target.value}
>
${[`high`,`normal`,`low`].map(e=>t`<option value=${e} ?selected=${e===this.priority}>
${this.t(`queue.priority_${e}`)}
</option>`)}
</select>
</div>
${Fe(this.app,{id:`not-before`,label:this.t(`queue.not_before`),value:this.notBefore,before:D(this.job.not_before),set:e=>this.notBefore=e})}
${Fe(this.app,{id:`due`,label:this.t(`queue.due`),value:this.due,before:D(this.job.due),set:e=>this.due=e})}
${He(this.app,this.timing,e=>{this.timing=e},E(this.job))}
${Be(this.app,this.rule,this.anyway,(e,t)=>{this.rule=e,this.anyway=t})}
</div>
<details>
<summary>${this.t(`queue_dialog.options`)}</summary>
${Re(this.app,this.options,e=>{this.options=e})}
</details>
${this.problem?t`<span slot="actions" class="problem" role="alert">${this.problem}</span>`:c}
<span slot="actions">
${e({label:this.t(`common.cancel`),look:`plain`,onClick:this.close})}
${e({label:this.t(`queue.save`),look:`primary`,onClick:()=>void this.save()})}
</span>
</bvp-dialog>`}};h([r({attribute:!1})],W.prototype,`job`,void 0),h([r({attribute:!1})],W.prototype,`targets`,void 0),h([i()],W.prototype,`copies`,void 0),h([i()],W.prototype,`target`,void 0),h([i()],W.prototype,`priority`,void 0),h([i()],W.prototype,`notBefore`,void 0),h([i()],W.prototype,`due`,void 0),h([i()],W.prototype,`timing`,void 0),h([i()],W.prototype,`rule`,void 0),h([i()],W.prototype,`anyway`,void 0),h([i()],W.prototype,`options`,void 0),h([i()],W.prototype,`problem`,void 0),W=h([s(`bvp-queue-edit`)],W);var G=class extends V{constructor(...e){super(...e),this.targets=[],this.printers=[],this.disabled=!1}static{this.styles=[p,y,ee,re,ie,k,u`
.content{display: grid;gap: 16px;}bvp-picture{width: min(100%,256px);justify-self: center;}.column{display: grid;gap: 4px;}.filaments{display: grid;gap: 8px;margin: 0;padding: 0;list-style: none;}footer{display: flex;flex-wrap: wrap;gap: 8px;justify-content: flex-end;align-items: center;}`]}moment(e,t,n){return v(t,this.t(e),n?`${this.t(e)}: ${this.app.format.moment(n)}`:null)}render(){let{app:e,job:n,disabled:r}=this,i=this.printers.find(e=>e.id===n.machine_id)?.live,a=i?.layer&&i.layers?this.t(`queue.layer`,{layer:i.layer,layers:i.layers}):null,o=[n];return t`<bvp-dialog .app=${e} .heading=${O(e,n)} @closed=${this.close}>
<div class="content">
<bvp-picture
.src=${n.picture}
.alt=${this.t(`queue.picture`,{plate:n.plate,name:n.name})}
eager
></bvp-picture>
${R(e,this.actions,o,r)}
${Ie(e,n.filaments,n.waiting!==null&&n.target!==`none`)}
<div class="column">
${z(e,o)}
${v(`mdi:printer-3d`,this.t(`queue.target`),b(e,this.targets,n.target,n.target_name))}
${v(`mdi:layers-outline`,this.t(`queue.layers`),a)}
${v(`mdi:cash`,this.t(`queue.cost`),n.cost===null?null:e.format.money(n.cost))}
${v(`mdi:inbox-arrow-down`,this.t(`queue.came_by`),[n.printer,n.source_ip].filter(Boolean).join(` · `))}
${this.moment(`queue.expected_start`,`mdi:clock-start`,n.started_at?null:n.expected_start)}
${this.moment(`queue.expected_end`,`mdi:clock-end`,n.finished_at?null:n.expected_end)}
${this.moment(`queue.not_before`,`mdi:calendar-clock`,n.not_before)}
${this.moment(`queue.due`,`mdi:flag-outline`,n.due)} ${ze(e,n)}
${this.moment(`queue.started`,`mdi:play`,n.started_at)}
${this.moment(`queue.finished`,`mdi:flag-checkered`,n.finished_at)}
</div>
</div>
<footer slot="actions">
${N(e,this.actions,o,r)||c}
<bvp-menu
.app=${e}
.label=${this.t(`queue.more`,{name:O(e,n)})}
.items=${P(e,this.actions,o,r)}
></bvp-menu>
</footer>
</bvp-dialog>`}};h([r({attribute:!1})],G.prototype,`job`,void 0),h([r({attribute:!1})],G.prototype,`targets`,void 0),h([r({attribute:!1})],G.prototype,`printers`,void 0),h([r({type:Boolean})],G.prototype,`disabled`,void 0),G=h([s(`bvp-queue-job`)],G);var K=`none`;function et(e){return l(e)&&e.machine_id||e.target||`none`}function tt(e,t,n,r=new Set){let i=new Map;for(let t of e){let e=et(t),n=i.get(e);n?n.push(t):i.set(e,[t])}let a=new Set(n.filter(e=>e.kind===`real`).map(e=>e.sliced_for)),o=t.filter(e=>e.kind===`printer`||i.has(e.id)||a.has(e.sliced_for)),s=new Set([...o.map(e=>e.id),K]),c=[...i.keys()].filter(e=>!s.has(e)),l=(e,t)=>{let n=i.get(e)??[];return{id:e,kind:e===`none`?`none`:t?.kind??`printer`,name:n.find(e=>e.target_name)?.target_name??null,choice:t,jobs:n,rows:nt(n,r)}};return[...o.filter(e=>e.kind===`printer`).map(e=>l(e.id,e)),...o.filter(e=>e.kind===`model`).map(e=>l(e.id,e)),...c.map(e=>l(e,null)),l(K,null)]}function nt(e,t){return[...e.filter(e=>l(e)).map(e=>({key:e.id,jobs:[e]})),...se(e.filter(e=>!l(e)),t)]}function q(e){return e.jobs.every(e=>e.position!==null&&!l(e))}function J(e,t){if(e.kind===`none`)return!0;let{choice:n}=e;return n!==null&&t.every(e=>x(e.sliced_for,n))}function rt(e,t,n,r){let i=new Set(n.jobs.map(e=>e.id)),a=t.rows.filter(e=>e.key!==n.key&&q(e));if(!a.length)return;let o=t.rows.filter(e=>e.key!==n.key&&!q(e)).length,s=Math.max(0,Math.min(a.length,r-o));if(s>0)return a[s-1].jobs.at(-1).id;let c=e.filter(e=>e.position!==null&&!i.has(e.id)),l=c.findIndex(e=>e.id===a[0].jobs[0].id);return l>0?c[l-1].id:null}var Y=class extends w{constructor(...e){super(...e),this.jobs=[],this.target=``,this.expanded=!1,this.disabled=!1,this.inner=!1}static{this.styles=[p,y,ee,re,ie,k,u`
:host{display: block;/* How wide it is tells the list,one container for all of its rows: hundreds of them cost while scrolling. */}.row{display: grid;grid-template-columns: 64px minmax(0,1fr) auto auto;grid-template-areas: "picture main buttons menu";align-items: center;gap: 4px 16px;padding: 8px 4px 8px 8px;}bvp-picture{grid-area: picture;align-self: start;width: 64px;}.main{display: grid;grid-area: main;gap: 4px;min-width: 0;}.title{display: flex;flex-wrap: wrap;align-items: baseline;gap: 0 12px;min-width: 0;}.title a{overflow: hidden;color: inherit;font-weight: var(--ha-font-weight-medium,500);text-decoration: none;text-overflow: ellipsis;white-space: nowrap;}.title a:hover{text-decoration: underline;}.target{display: inline-flex;align-items: center;gap: 4px;min-width: 0;color: var(--secondary-text-color);}.target .icon{--mdc-icon-size: 16px;width: 16px;height: 16px;}.act{grid-area: buttons;justify-content: flex-end;}.menu{display: flex;grid-area: menu;align-items: center;}@container (max-width: 680px){.row{grid-template-columns: 56px minmax(0,1fr) auto;grid-template-areas:
"picture title menu"
"picture facts facts"
"status status status"
"buttons buttons buttons";gap: 4px 12px;}.main{display: contents;}.title{grid-area: title;}.main > .facts{grid-area: facts;}.main > :is(.status,.progress,.question){grid-area: status;}.facts{gap: 2px 12px;}bvp-picture{width: 56px;}.menu{align-self: start;}.act{justify-content: flex-start;padding-bottom: 4px;}.act:not(:has(button)){display: none;}.title a{white-space: normal;overflow-wrap: anywhere;}}@container (max-width: 320px){.row{grid-template-areas:
"picture title menu"
"facts facts facts"
"status status status"
"buttons buttons buttons";grid-template-columns: 44px minmax(0,1fr) auto;gap: 4px 8px;}bvp-picture{width: 44px;}.title a{hyphens: auto;}.menu{flex-direction: column-reverse;}}`]}focus(){this.renderRoot.querySelector(`a`)?.focus()}get name(){let e=this.jobs[0];if(this.jobs.length>1)return e.name;if(!this.inner)return O(this.app,e);let t=this.t(`queue.plate`,{plate:e.plate});return e.plate_name?`${t}: ${e.plate_name}`:t}open(e){e.ctrlKey||e.metaKey||e.shiftKey||(e.preventDefault(),e.stopPropagation(),this.dispatchEvent(new CustomEvent(`open`)))}render(){let{app:e,actions:n,jobs:r,disabled:i}=this,[a]=r;return a?t`<div class="row">
<bvp-picture .src=${a.picture_small}></bvp-picture>
<div class="main">
<div class="title">
<a class="touch" href=${e.url(`queue`,a.id)} @click=${this.open}>${this.name}</a>
${this.inner||!this.target?c:t`<span class="target" title=${this.t(`queue.target`)}
>${_(`mdi:printer-3d`)}<span>${this.target}</span></span
>`}
</div>
${z(e,r)} ${R(e,n,r,i)}
</div>
<div class="act buttons">${N(e,n,r,i)}</div>
<div class="menu">
${r.length>1?o({label:this.t(this.expanded?`queue.hide_plates`:`queue.show_plates`,{name:a.name}),icon:this.expanded?`mdi:chevron-up`:`mdi:chevron-down`,expanded:this.expanded,onClick:()=>this.dispatchEvent(new CustomEvent(`expand`))}):c}
<bvp-menu
.app=${e}
.label=${this.t(`queue.more`,{name:this.name})}
.items=${P(e,n,r,i)}
></bvp-menu>
</div>
</div>`:c}};h([r({attribute:!1})],Y.prototype,`jobs`,void 0),h([r({attribute:!1})],Y.prototype,`actions`,void 0),h([r()],Y.prototype,`target`,void 0),h([r({type:Boolean})],Y.prototype,`expanded`,void 0),h([r({type:Boolean})],Y.prototype,`disabled`,void 0),h([r({type:Boolean})],Y.prototype,`inner`,void 0),Y=h([s(`bvp-queue-row`)],Y);var X=60,Z=14,Q=class extends w{constructor(...e){super(...e),this.lanes=[],this.disabled=!1,this.narrow=!1,this.carry=null}static{this.styles=[p,y,A,u`
:host{display: block;}.lanes{display: grid;grid-auto-columns: minmax(280px,1fr);grid-auto-flow: column;gap: 16px;align-items: start;margin-top: 16px;padding-bottom: 16px;overflow-x: auto;}:host([narrow]) .lanes{grid-auto-columns: auto;grid-auto-flow: row;overflow-x: visible;}.lane{display: flex;flex-direction: column;min-width: 0;min-height: 160px;padding: 12px 8px 8px;}:host([narrow]) .lane{min-height: 0;}.lane.over{outline: 2px solid var(--primary-color);outline-offset: -2px;}.lane.refused{outline: 2px solid var(--error-color);outline-offset: -2px;}header{display: grid;gap: 4px;padding: 0 8px 8px;}.name{display: flex;flex-wrap: wrap;align-items: center;justify-content: space-between;gap: 4px 8px;}h2{min-width: 0;overflow-wrap: anywhere;}.rows{container-type: inline-size;display: grid;grid-template-columns: minmax(0,1fr);gap: 8px;flex: 1;align-content: start;}.rows > li{display: grid;grid-template-columns: minmax(0,1fr);align-items: center;border: 1px solid var(--divider-color);border-radius: var(--ha-border-radius-md,8px);background: var(--card-background-color);}.rows > li.movable{grid-template-columns: auto minmax(0,1fr);}@media (pointer: fine){.rows .handle{width: 32px;}}.drop{padding: 16px 8px;border: 1px dashed var(--divider-color);border-radius: var(--ha-border-radius-md,8px);color: var(--secondary-text-color);text-align: center;}`]}disconnectedCallback(){super.disconnectedCallback(),this.endPointer?.()}willUpdate(e){let{carry:t}=this;t&&e.has(`lanes`)&&(this.lanes.some(e=>e.rows.some(e=>e.key===t.row.key))||(this.endPointer?this.endPointer():this.carry=null))}lane(e){return this.lanes.find(t=>t.id===e)}nameOf(e){return b(this.app,this.state.targets,e.id,e.name)}rowName(e){return e.jobs.length>1?e.jobs[0].name:O(this.app,e.jobs[0])}rowsOf(e){let{carry:t}=this,n=t&&this.lane(t.lane);if(!t||!n||!J(n,t.row.jobs))return e.rows;let r=e.rows.filter(e=>e.key!==t.row.key);return t.lane===e.id?[...r.slice(0,t.at),t.row,...r.slice(t.at)]:r}pickUp(e,t){this.carry={row:e,from:t.id,lane:t.id,at:t.rows.findIndex(t=>t.key===e.key)}}carryTo(e,t){let{carry:n}=this,r=this.lane(e);if(!n||!r)return;let i=r.rows.filter(e=>e.key!==n.row.key),a=i.filter(e=>!q(e)).length,o=Math.max(a,Math.min(i.length,t));(n.lane!==e||n.at!==o)&&(this.carry={...n,lane:e,at:o},this.app.announce(J(r,n.row.jobs)?this.t(`queue.lane_moved`,{name:this.rowName(n.row),lane:this.nameOf(r),place:o+1,count:i.length+1}):this.refusal(r,n.row)))}refusal(e,t){return this.t(`queue.lane_refused`,{name:this.rowName(t),model:ne(t.jobs[0].sliced_for),lane:this.nameOf(e)})}drop(){let{carry:e}=this;this.carry=null;let t=e&&this.lane(e.lane);if(!e||!t)return;let{row:n}=e;if(!J(t,n.jobs)){this.app.toast(this.refusal(t,n));return}let r=t.rows.findIndex(e=>e.key===n.key);if(e.lane===e.from&&e.at===r)return;let i=rt(this.state.queue,t,n,e.at);this.actions.assign(n.jobs,t.id,i)}onHandleKey(e,t,n){let{carry:r}=this,i=r?.row.key===t.key,a=getComputedStyle(this).direction===`rtl`,o={ArrowUp:-1,ArrowDown:1}[e.key],s={ArrowLeft:a?1:-1,ArrowRight:a?-1:1}[e.key];if(e.key===` `||e.key===`Enter`)i?this.drop():this.disabled||(this.pickUp(t,n),this.app.announce(this.t(`queue.lane_picked_up`,{name:this.rowName(t)})));else if(i&&o!==void 0)this.carryTo(r.lane,r.at+o);else if(i&&s!==void 0){let e=this.lanes[this.lanes.findIndex(e=>e.id===r.lane)+s];e&&this.carryTo(e.id,r.at)}else if(i&&e.key===`Escape`)this.carry=null,this.app.announce(this.t(`queue.put_down`));else return;e.preventDefault(),e.stopPropagation(),this.updateComplete.then(()=>this.renderRoot.querySelector(`[data-key="${CSS.escape(t.key)}"] .handle`)?.focus())}onHandleDown(e,t,n){if(e.button!==0||this.disabled)return;e.preventDefault(),this.pickUp(t,n);let r={x:e.clientX,y:e.clientY},i=()=>{let e=this.laneAt(r.x,r.y);e&&this.carryTo(e.id,e.at)},a=setInterval(()=>{this.scrollAt(r.x,r.y)&&i()},30),o=e=>{r={x:e.clientX,y:e.clientY},i()},s=e=>{clearInterval(a),document.removeEventListener(`pointermove`,o),document.removeEventListener(`pointerup`,c),document.removeEventListener(`pointercancel`,l),document.removeEventListener(`keydown`,u,!0),this.endPointer=void 0,e?this.drop():this.carry=null},c=()=>s(!0),l=()=>s(!1),u=e=>{e.key===`Escape`&&(e.stopPropagation(),s(!1))};this.endPointer=l,document.addEventListener(`pointermove`,o),document.addEventListener(`pointerup`,c),document.addEventListener(`pointercancel`,l),document.addEventListener(`keydown`,u,!0)}laneAt(e,t){for(let n of this.renderRoot.querySelectorAll(`.lane`)){let r=n.getBoundingClientRect();if(e<r.left||e>r.right||t<r.top||t>r.bottom)continue;let i=[...n.querySelectorAll(`.rows > li`)].filter(e=>e.dataset.key!==this.carry?.row.key),a=i.findIndex(e=>{let n=e.getBoundingClientRect();return t<n.top+n.height/2});return{id:n.dataset.lane,at:a<0?i.length:a}}return null}scrollAt(e,t){let n=this.renderRoot.querySelector(`.lanes`),r=this.closest(`main`)??document.scrollingElement,i=[n.scrollLeft,r?.scrollTop],a=n.getBoundingClientRect();return e<a.left+X?n.scrollLeft-=Z:e>a.right-X&&(n.scrollLeft+=Z),r&&t<120?r.scrollTop-=Z:r&&t>window.innerHeight-X&&(r.scrollTop+=Z),i[0]!==n.scrollLeft||i[1]!==r?.scrollTop}printer(e){return this.state.printers.find(t=>t.kind===`real`&&t.id===e.id)}summary(e){let{format:n}=this.app,{seconds:r}=S(e.jobs),i=e.jobs.length?this.state.forecast.free_from[e.id]:null,a=e.jobs.length?[this.t(`queue.jobs`,{count:e.jobs.length}),r?n.duration(r):``,i?this.t(`queue.done_at`,{time:n.moment(i)}):``]:[e.kind===`printer`&&e.choice?this.t(`queue.lane_free`):``];return t`<span class="secondary small">${a.filter(Boolean).join(` · `)}</span>`}item(e,n){let r=q(e)&&g(`decide`,e.jobs),i=this.carry?.row.key===e.key,a=e.jobs[0];return t`<li
class=${`${r?`movable`:``} ${i?`carried`:``}`}
data-key=${e.key}
>
${r?t`<button
type="button"
class="handle"
aria-pressed=${i}
aria-label=${this.t(`queue.handle`,{name:this.rowName(e)})}
title=${this.t(`queue.lane_hint`)}
?disabled=${this.disabled}
@keydown=${t=>this.onHandleKey(t,e,n)}
@pointerdown=${t=>this.onHandleDown(t,e,n)}
>
${_(`mdi:drag-vertical-variant`)}
</button>`:c}
<bvp-queue-row
.app=${this.app}
.actions=${this.actions}
.jobs=${e.jobs}
.target=${l(a)?a.printed_on??``:``}
.disabled=${this.disabled}
@expand=${()=>this.actions.grouping?.setApart(a.archive_id,!0)}
@open=${()=>this.dispatchEvent(new CustomEvent(`open`,{detail:a.id}))}
></bvp-queue-row>
</li>`}column(e){let{carry:n}=this,r=this.printer(e),i=n?.lane===e.id&&n.from!==e.id,a=n!==null&&!J(e,n.row.jobs),o=this.rowsOf(e),s=r&&Ge(r),l=`lane-${e.id}`;return t`<section
class=${`lane card ${i?a?`refused`:`over`:``}`}
data-lane=${e.id}
aria-labelledby=${l}
>
<header>
<div class="name">
<h2 id=${l}>${this.nameOf(e)}</h2>
${s?m(s.icon,this.t(s.key),s.tone):c}
</div>
${this.summary(e)}
${i&&a?t`<span role="alert" class="small">${this.refusal(e,n.row)}</span>`:c}
</header>
<ul class="rows">
${C(o,e=>e.key,t=>this.item(t,e))}
</ul>
${o.length?c:t`<p class="drop">${this.t(`queue.lane_empty`)}</p>`}
</section>`}render(){let e=this.lanes.filter(e=>e.id!==`none`||e.jobs.length||this.lanes.length>1);return t`<div class="lanes">
${C(e,e=>e.id,e=>this.column(e))}
</div>`}};h([r({attribute:!1})],Q.prototype,`state`,void 0),h([r({attribute:!1})],Q.prototype,`lanes`,void 0),h([r({attribute:!1})],Q.prototype,`actions`,void 0),h([r({type:Boolean})],Q.prototype,`disabled`,void 0),h([r({type:Boolean,reflect:!0})],Q.prototype,`narrow`,void 0),h([i()],Q.prototype,`carry`,void 0),Q=h([s(`bvp-queue-lanes`)],Q);var it=5,at=50,ot={completed:`mdi:check-circle-outline`,failed:`mdi:close-circle-outline`,cancelled:`mdi:cancel`,skipped:`mdi:debug-step-over`},st={s:`start`,d:`complete`,f:`fail`,Delete:`cancel`},ct=[{id:`list`,icon:`mdi:format-list-bulleted`,label:`queue.view_list`},{id:`lanes`,icon:`mdi:view-column-outline`,label:`queue.view_lanes`}],lt=`bvp-queue-view`,ut=`bvp-queue-apart`,$=class extends ce{constructor(...e){super(...e),this.asked=null,this.open=new Set,this.apart=new Set((ye(ut)??``).split(`,`).filter(Boolean)),this.carry=null,this.history=[],this.historyTotal=0,this.historyWhole=!1,this.elsewhere=null,this.cursor=null,this.queueIds=``,this.historyOf=``,this.wantedId=null,this.reloading=0,this.shownRows=new Map,this.judging=new de(this,()=>{this.loadHistory(),this.wantedId=null,this.followAddress()})}static{this.styles=[p,y,A,ge,u`
:host{display: block;width: 100%;max-width: 1200px;margin: 0 auto;padding: 16px var(--bvp-gutter,16px) 32px;}.top{display: flex;flex-wrap: wrap;align-items: center;justify-content: space-between;gap: 8px 16px;min-height: 44px;}.top select{width: auto;max-width: 100%;}.tools{display: flex;flex-wrap: wrap;align-items: center;gap: 8px;}section{margin-top: 16px;}.heading{display: flex;align-items: center;justify-content: space-between;min-height: 40px;}h2{display: flex;align-items: baseline;gap: 8px;}.rows,.plates{container-type: inline-size;}.rows > li{position: relative;background: var(--card-background-color);/* Of hundreds of jobs only those in sight are drawn. */
content-visibility: auto;contain-intrinsic-size: auto 96px;}.rows > li + li,.plates > li{border-top: 1px solid var(--divider-color);}.rows > li:first-child{border-start-start-radius: inherit;border-start-end-radius: inherit;}.rows > li:last-child{border-end-start-radius: inherit;border-end-end-radius: inherit;}.line{display: grid;grid-template-columns: minmax(0,1fr);align-items: center;}.line.movable{grid-template-columns: 40px minmax(0,1fr);}.plates{padding-inline-start: 24px;}.past{display: grid;grid-template-columns: auto minmax(0,1fr) auto auto;align-items: center;gap: 4px 12px;padding: 4px 4px 4px 16px;}.past .words{display: flex;flex-wrap: wrap;gap: 0 12px;min-width: 0;overflow-wrap: anywhere;}.past a{color: inherit;text-decoration: none;}.past a:hover{text-decoration: underline;}.past .completed{color: var(--success-color);}.past .failed{color: var(--error-color);}.more{display: flex;justify-content: center;padding: 8px;}:host([narrow]){padding-top: 8px;}:host([narrow]) .line.movable{grid-template-columns: 32px minmax(0,1fr);}@media (pointer: fine){:host([narrow]) .handle{width: 32px;}}:host([narrow]) .past{grid-template-columns: auto minmax(0,1fr) auto;padding-inline-start: 12px;}:host([narrow]) .past time{grid-column: 2;grid-row: 2;}:host([narrow]) .plates{padding-inline-start: 8px;}`]}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.reloading),this.queueIds=``,this.endPointer?.()}get canAct(){return this.state.connection===`live`}willUpdate(e){e.has(`app`)&&(this.actions=new Ke(this.app,e=>this.asked=e,{isApart:e=>this.apart.has(e),setApart:(e,t)=>this.setApart(e,t)},this.judging)),(e.has(`state`)||e.has(`route`))&&this.followQueue(),(e.has(`route`)||e.has(`state`))&&this.followAddress()}setApart(e,t){let n=new Set(this.apart);t?n.add(e):n.delete(e),this.apart=n,be(ut,[...n].slice(-50).join())}followQueue(){let e=this.state.queue.map(e=>e.id).join()||`-`,{person:t}=this;if(e===this.queueIds&&t===this.historyOf)return;let n=!this.queueIds||t!==this.historyOf;this.queueIds=e,this.historyOf=t,clearTimeout(this.reloading),this.reloading=window.setTimeout(()=>void this.loadHistory(),n?0:700)}async loadHistory(){try{let e=await this.app.api.history(at,null,this.historyOf);this.history=e.jobs,this.historyTotal=e.total,this.cursor=e.cursor}catch(e){this.app.toast(this.app.sayError(e))}}async moreHistory(){if(!this.historyWhole){this.historyWhole=!0;return}if(!this.cursor)return;let e=await this.app.attempt(this.app.api.history(at,this.cursor,this.historyOf));e&&(this.history=[...this.history,...e.jobs],this.cursor=e.cursor)}async followAddress(){let{id:e}=this.route;if(e===null||this.state.queue.some(t=>t.id===e)){this.elsewhere=null,this.wantedId=null;return}if(this.state.available!==!0||this.wantedId===e&&!this.queueChanged(e))return;this.wantedId=e;let t=await this.app.attempt(this.app.api.job(e));this.wantedId===e&&(t?this.elsewhere=t:this.leave())}queueChanged(e){let t=this.history.find(t=>t.id===e);return t!==void 0&&this.elsewhere!==null&&t.state!==this.elsewhere.state}get query(){return Object.fromEntries(this.route.query)}leave(){this.app.go(`queue`,null,this.query)}rowsOf(e){return this.shownRows.get(e)??[]}move(e,t,n){let r=this.rowsOf(e),i=r[t];!i||t===n||n<0||n>=r.length||this.actions.move(i.jobs,Se(this.state.queue,r,t,n))}onHandleKey(e,t,n){let{carry:r}=this,i=this.rowsOf(t),a=r?.list===t;switch(e.key){case` `:case`Enter`:a?this.drop():this.canAct&&(this.carry={list:t,from:n,to:n},this.app.announce(this.t(`queue.picked_up`,{name:this.rowName(i[n]),place:n+1,count:i.length})));break;case`ArrowUp`:case`ArrowDown`:if(!a)return;this.carryTo(r.to+(e.key===`ArrowUp`?-1:1));break;case`Escape`:if(!a)return;this.carry=null,this.app.announce(this.t(`queue.put_down`));break;default:return}e.preventDefault(),e.stopPropagation()}carryTo(e){let{carry:t}=this;if(!t)return;let n=this.rowsOf(t.list),r=Math.min(n.length-1,Math.max(0,e));r!==t.to&&(this.carry={...t,to:r},this.app.announce(this.t(`queue.moved`,{name:this.rowName(n[t.from]),place:r+1,count:n.length})),this.updateComplete.then(()=>this.renderRoot.querySelector(`.handle[aria-pressed=true]`)?.focus()))}drop(){let{carry:e}=this;this.carry=null,e&&this.move(e.list,e.from,e.to)}rowName(e){return e.jobs.length>1?e.jobs[0].name:O(this.app,e.jobs[0])}onHandleDown(e,t,n){if(customElements.get(`ha-sortable`)||e.button!==0||!this.canAct)return;e.preventDefault(),this.carry={list:t,from:n,to:n};let r=e=>{let n=[...this.renderRoot.querySelectorAll(`[data-list="${t}"] > li`)],r=n.findIndex(t=>e.clientY<t.getBoundingClientRect().bottom);this.carryTo(r<0?n.length-1:r)},i=e=>{document.removeEventListener(`pointermove`,r),document.removeEventListener(`pointerup`,a),document.removeEventListener(`pointercancel`,o),this.endPointer=void 0,e?this.drop():this.carry=null},a=()=>i(!0),o=()=>i(!1);this.endPointer=o,document.addEventListener(`pointermove`,r),document.addEventListener(`pointerup`,a),document.addEventListener(`pointercancel`,o)}onKey(e){if(!this.app.shortcuts||me(e))return;let t=[...this.renderRoot.querySelectorAll(`bvp-queue-row`)],n=t.findIndex(e=>e.matches(`:focus-within`)),r={j:1,ArrowDown:1,k:-1,ArrowUp:-1}[e.key],i=st[e.key];if(r!==void 0)t[Math.min(t.length-1,Math.max(0,n+r))]?.focus();else if(i&&n>=0){let{jobs:e}=t[n];if(!this.canAct||!e.every(e=>e.verbs.includes(i)))return;this.actions.choose(i,e)}else return;e.preventDefault(),e.stopPropagation()}target(e){return e.printed_on??b(this.app,this.state.targets,e.target,e.target_name)}row(e,n=!1){let r=e.jobs[0];return t`<bvp-queue-row
.app=${this.app}
.actions=${this.actions}
.jobs=${e.jobs}
.target=${this.target(r)}
.inner=${n}
.expanded=${e.jobs.length>1&&this.open.has(r.archive_id)}
.disabled=${!this.canAct}
@open=${()=>this.app.go(`queue`,r.id,this.query)}
@expand=${()=>{let e=new Set(this.open);e.delete(r.archive_id)||e.add(r.archive_id),this.open=e}}
></bvp-queue-row>`}item(e,r,i,a,o){let s=this.carry?.list===r&&this.carry.to===i,l=e.jobs.length>1&&this.open.has(e.jobs[0].archive_id),u=a&&g(`work`,e.jobs);return t`<li class=${s?`item carried`:`item`}>
<div class=${a?`line movable`:`line`}>
${a&&!u?t`<span></span>`:c}
${u?t`<button
type="button"
class="handle"
aria-pressed=${s}
aria-label=${this.t(`queue.handle`,{name:this.rowName(e)})}
title=${this.t(`queue.handle_hint`)}
?disabled=${!this.canAct}
@keydown=${e=>this.onHandleKey(e,r,i)}
@pointerdown=${e=>this.onHandleDown(e,r,i)}
>
${_(`mdi:drag-horizontal-variant`)}
</button>`:c}
${this.row(e,o)}
</div>
${l?this.list(`${r}-${e.key}`,n(e),a,!0):c}
</li>`}list(e,n,r,i=!1){this.shownRows.set(e,n);let o=r&&n.length>1,{carry:s}=this,c=s?.list===e&&n[s.from]?xe(n,s.from,s.to):n,l=t`<ul class=${i?`plates`:`rows card`} data-list=${e}>
${C(c,e=>e.key,(t,n)=>this.item(t,e,n,o,i))}
</ul>`;return o?a(l,{disabled:!this.canAct||s!==null,handle:`.handle`,item:`.item`,onMove:(t,n)=>this.move(e,t,n)}):l}lanesPart(){let{queue:e,targets:n,printers:r}=this.state;return t`<bvp-queue-lanes
.app=${this.app}
.actions=${this.actions}
.state=${this.state}
.lanes=${tt(e,n,r,this.apart)}
.disabled=${!this.canAct}
.narrow=${this.narrow}
@open=${e=>this.app.go(`queue`,e.detail,this.query)}
></bvp-queue-lanes>`}section(e,n){if(!n.length)return c;let r=n.reduce((e,t)=>e+t.jobs.length,0);return t`<section aria-labelledby=${e}>
<div class="heading">
<h2 id=${e}>
${this.t(`queue.section_${e}`)}
<span class="secondary small">${this.app.format.number(r)}</span>
</h2>
</div>
${this.list(e,n,e!==`now`)}
</section>`}summary(e){let{format:n}=this.app,{seconds:r,grams:i}=S(e),a=this.state.forecast.done_at,o=[this.t(`queue.jobs`,{count:e.length}),r?n.duration(r):``,i?n.weight(i):``,a&&!this.filter&&!this.person?this.t(`queue.done_at`,{time:n.moment(a)}):``];return t`<p class="secondary">${o.filter(Boolean).join(` · `)}</p>`}get filter(){return this.route.query.get(`printer`)??``}get person(){return this.route.query.get(`person`)??``}filterPart(){let{targets:e,queue:t}=this.state,n=Ce(t).map(n=>{let r=t.find(e=>e.target===n)?.target_name??null;return[n,b(this.app,e,n,r)]});return this.filter&&!n.some(([e])=>e===this.filter)&&n.push([this.filter,b(this.app,e,this.filter,null)]),n.length<2?c:this.choice(`printer`,this.t(`queue.filter`),this.t(`queue.filter_all`),n)}personPart(){let e=ke([...this.state.queue,...this.history]);return!e.size&&!this.person?c:!e.has(this.person)&&this.person?this.choice(`person`,this.t(`common.person`),this.t(`common.everybody`),[...e,[this.person,`…`]]):this.choice(`person`,this.t(`common.person`),this.t(`common.everybody`),[...e])}choice(e,n,r,i){let a=this.route.query.get(e)??``;return t`<select
aria-label=${n}
@change=${t=>{let{value:n}=t.target;this.app.go(`queue`,null,{...this.query,[e]:n},!0)}}
>
<option value="" ?selected=${!a}>${r}</option>
${i.map(([e,n])=>t`<option value=${e} ?selected=${e===a}>${n}</option>`)}
</select>`}past(e){let{app:n}=this,r=e.state===`completed`?``:L(n,e),i=e.verbs.includes(`retry`);return t`<li class="past">
<span class=${e.state}>${_(ot[e.state]??`mdi:history`)}</span>
<span class="words">
<a
href=${n.url(`queue`,e.id)}
@click=${t=>{t.ctrlKey||t.metaKey||t.shiftKey||(t.preventDefault(),t.stopPropagation(),n.go(`queue`,e.id,this.query))}}
>${O(n,e)}</a
>
<span class="secondary"
>${[n.say(e.status),r,I(n,e),e.printed_on,e.sender,e.instance].filter(Boolean).join(` · `)}</span
>
</span>
${e.finished_at?t`<time class="secondary small" datetime=${e.finished_at}
>${n.format.moment(e.finished_at)}</time
>`:t`<span></span>`}
<bvp-menu
.app=${n}
.label=${this.t(`queue.more`,{name:O(n,e)})}
.items=${[(i||g(`decide`,[e]))&&{label:this.t(i?`queue.verb_retry`:`queue.again`),icon:i?`mdi:refresh`:`mdi:repeat`,disabled:!this.canAct,onClick:()=>i?this.actions.choose(`retry`,[e]):void this.actions.again(e)},...F(n,this.actions,e,!this.canAct),{label:this.t(`queue.open_archive`),icon:`mdi:archive`,onClick:()=>n.go(`archive`,e.archive_id)},e.download!==null&&{label:this.t(`queue.download`),icon:`mdi:download`,href:e.download,download:!0}]}
></bvp-menu>
</li>`}failedPart(n){return n.length?t`<section aria-labelledby="failed">
<div class="heading">
<h2 id="failed">
${this.t(`queue.section_failed`)}
<span class="secondary small">${this.app.format.number(n.length)}</span>
</h2>
${n.length>1?e({label:this.t(`queue.retry_all`),icon:`mdi:refresh`,look:`plain`,disabled:!this.canAct,onClick:()=>this.actions.choose(`retry`,n)}):c}
</div>
${this.list(`failed`,n.map(e=>({key:e.id,jobs:[e]})),!1)}
</section>`:c}historyPart(n){if(!n.length)return c;let r=this.historyWhole?n:n.slice(0,it),i=r.length<n.length||this.historyWhole&&this.cursor!==null;return t`<section aria-labelledby="history">
<div class="heading">
<h2 id="history">
${this.t(`queue.section_history`)}
<span class="secondary small">${this.app.format.number(this.historyTotal)}</span>
</h2>
</div>
<ul class="rows card">
${C(r,e=>e.id,e=>this.past(e))}
</ul>
${i?t`<div class="more">
${e({label:this.t(`queue.history_more`),look:`plain`,onClick:()=>void this.moreHistory()})}
</div>`:c}
</section>`}dialog(){let{app:e,actions:n,asked:r}=this,i=()=>this.asked=null;switch(r?.kind){case`fail`:return t`<bvp-queue-fail
.app=${e}
.actions=${n}
.jobs=${r.jobs}
@closed=${i}
></bvp-queue-fail>`;case`confirm`:return t`<bvp-queue-confirm
.app=${e}
.actions=${n}
.jobs=${r.jobs}
.verb=${r.verb}
@closed=${i}
></bvp-queue-confirm>`;case`edit`:return t`<bvp-queue-edit
.app=${e}
.actions=${n}
.job=${r.job}
.targets=${this.state.targets}
@closed=${i}
></bvp-queue-edit>`}let{id:a}=this.route,o=a&&(this.state.queue.find(e=>e.id===a)??this.elsewhere);return o?t`<bvp-queue-job
.app=${e}
.actions=${n}
.job=${o}
.targets=${this.state.targets}
.printers=${this.state.printers}
.disabled=${!this.canAct}
@closed=${this.leave}
></bvp-queue-job>`:c}render(){let n=he(ct,this.route,lt),r=n===`lanes`?``:this.filter,i=n===`lanes`?``:this.person,a=De(Oe(this.state.queue,r),i),o=Oe(this.history,r).filter(e=>!this.state.queue.some(t=>t.id===e.id)),s=Ee(o,Date.now()),l=je(a,this.apart);return this.shownRows=new Map,t`<div @keydown=${this.onKey}>
<div class="top">
${a.length?this.summary(a):t`<span></span>`}
<div class="tools">
${n===`list`?[this.filterPart(),this.personPart()]:c}
${_e(this.app,ct,n,e=>{be(lt,e),this.app.go(`queue`,null,{view:e},!0)})}
${e({label:this.t(`queue.from_archive`),icon:`mdi:plus`,onClick:()=>this.app.go(`archive`)})}
</div>
</div>
${n===`lanes`?this.lanesPart():a.length?Ae.map(e=>this.section(e,l[e])):le(`mdi:playlist-check`,this.t(r||i?`queue.empty_filter`:`queue.empty`),r||i?e({label:this.t(r?`queue.filter_all`:`common.everybody`),onClick:()=>this.app.go(`queue`,null,{},!0)}):c)}
${this.failedPart(s)}
${this.historyPart(o.filter(e=>!s.includes(e)))}
</div>
${this.dialog()} ${this.judging.render()}`}};h([i()],$.prototype,`asked`,void 0),h([i()],$.prototype,`open`,void 0),h([i()],$.prototype,`apart`,void 0),h([i()],$.prototype,`carry`,void 0),h([i()],$.prototype,`history`,void 0),h([i()],$.prototype,`historyTotal`,void 0),h([i()],$.prototype,`historyWhole`,void 0),h([i()],$.prototype,`elsewhere`,void 0),$=h([s(`bvp-queue`)],$);export{$ as BvpQueue};