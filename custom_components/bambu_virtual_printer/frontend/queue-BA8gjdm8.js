import{$ as e,C as t,D as n,E as r,L as i,M as a,N as o,O as s,P as c,Q as l,S as u,T as d,V as ee,W as te,Z as f,_ as ne,_t as re,a as p,b as ie,ct as m,d as ae,dt as h,f as oe,g,h as _,i as se,l as ce,m as v,n as le,o as y,ot as b,p as x,r as S,rt as ue,t as C,u as de,w,x as T,y as E}from"./shared-DPcjTYk3.js";import{t as D}from"./repeat-b4aUGuuB.js";import{C as fe,S as pe,_ as me,b as he,c as ge,d as _e,g as ve,h as ye,l as be,n as xe,o as Se,p as Ce,t as we,u as Te,w as Ee,x as De}from"./parts-Cz-8z18p.js";import{a as Oe,c as ke,d as Ae,f as je,i as Me,l as Ne,n as Pe,o as Fe,r as Ie,s as Le,t as Re,u as ze}from"./queue-model-CbiKsF9B.js";import{a as Be,c as O,d as Ve,i as He,l as Ue,n as We,o as k,r as Ge,s as A,t as Ke,u as qe}from"./timing-fields-BoNFLKIp.js";import{n as j,t as Je}from"./queue-copy-BUmjZwim.js";import{i as Ye}from"./printers-status-DFIHgCLY.js";var Xe={start:`waiting`,hold:`staged`,release:`pending`},Ze=class{constructor(e,t,n,r){this.app=e,this.ask=t,this.grouping=n,this.judging=r}choose(e,t){e===`fail`?this.ask({kind:`fail`,jobs:t}):e===`stop`||e===`cancel`&&t.some(T)?this.ask({kind:`confirm`,verb:e,jobs:t}):e===`cancel`?this.cancel(t):this.do(e,t)}edit(e,t=null){this.ask({kind:`edit`,jobs:e,part:t})}async do(e,t,n={}){let{app:r}=this,i=t.map(e=>e.id),a=r.api.doJobs(i,e,n);this.guess(e,t,a);let o=await r.attempt(a);return o?(o.failed.length&&this.refused(e,t,o.failed),o.jobs.length&&this.told(e,o.jobs),o.jobs):[]}guess(e,t,n){let r=new Set(t.map(e=>e.id)),i=t=>{let n=t.copies_printed+ +(e===`complete`);return e===`fail`||e===`cancel`||e===`complete`&&n>=t.copies?null:{...t,state:Xe[e]??t.state,copies_printed:n,verbs:[]}};this.app.store.guess(e=>({...e,queue:e.queue.flatMap(e=>r.has(e.id)?i(e)??[]:e)}),n)}refused(e,t,n){let r=n.filter(e=>re(e.error)&&e.error.translation_key===`cancel_not_confirmed`);if((e===`cancel`||e===`stop`)&&r.length){let n=r.map(e=>e.id);this.ask({kind:`confirm`,verb:e,jobs:t.filter(e=>n.includes(e.id))})}else this.app.toast(this.app.sayError(n[0].error))}told(e,t){let{app:n}=this;e===`complete`?n.toast(d(n,t)):e===`retry`&&n.toast(this.retriedWords(t))}retriedWords(e){let{app:t}=this;return e.length===1?t.t(`queue.was_retried`,{name:w(t,e[0])}):t.t(`queue.were_retried`,{count:e.length})}async cancel(e){let{app:t}=this,n=await this.do(`cancel`,e);if(!n.length)return;let r=e.filter(e=>n.some(t=>t.id===e.id));t.toast({message:r.length===1?t.t(`queue.was_cancelled`,{name:w(t,r[0])}):t.t(`queue.were_cancelled`,{count:r.length}),duration:8e3,action:{text:t.t(`common.undo`),run:()=>void this.uncancel(r)}})}async uncancel(e){let t=e.map(e=>e.id).reverse(),n=await this.app.attempt(this.app.api.doJobs(t,`uncancel`));n?.failed[0]?this.app.toast(this.app.sayError(n.failed[0].error)):n&&this.app.announce(this.retriedWords(e))}async answer(e,t){let n=this.app.api.answer(e.id,t);this.app.store.guess(t=>({...t,queue:t.queue.map(t=>t.id===e.id?{...t,answers:[]}:t)}),n),await this.app.attempt(n)}async move(e,t){let n=this.moveAll(e,t),r=e.map(e=>e.id);if(this.app.store.guess(e=>({...e,queue:Ne(e.queue,r,t)}),n),await this.app.attempt(n)===void 0)return;let i=this.app.store.state.queue.filter(e=>!T(e));this.app.announce(this.app.t(`queue.moved`,{name:w(this.app,e[0]),place:i.findIndex(t=>t.id===e[0].id)+1,count:i.length}))}async moveAll(e,t){for(let n of e)await this.app.api.moveJob(n.id,t),t=n.id;return!0}async assign(e,t,n){let r=e.map(e=>e.id),i=e.filter(e=>e.target!==t),a=(async()=>{for(let e of i)await this.app.api.editJob(e.id,{target:t});return n!==void 0&&await this.moveAll(e,n),!0})();this.app.store.guess(e=>{let i=e.queue.map(e=>r.includes(e.id)?{...e,target:t}:e);return{...e,queue:n===void 0?i:Ne(i,r,n)}},a),await this.app.attempt(a)}toTop(e){this.move(e,null)}toBottom(e){let t=e.map(e=>e.id),n=this.app.store.state.queue.filter(e=>!t.includes(e.id)).at(-1);n&&this.move(e,T(n)?null:n.id)}async again(e){let{app:t}=this;await t.attempt(t.api.queueArchive(e.archive_id,{plates:[e.plate],...e.target?{target:e.target}:{},...Object.keys(e.options).length?{options:e.options}:{}}))&&t.toast(t.t(`queue.was_retried`,{name:w(t,e)}))}},M=h`
.status{display:flex;flex-wrap:wrap;align-items:center;gap:4px 8px}.question{display:grid;gap:8px}.buttons{display:flex;flex-wrap:wrap;align-items:center;gap:8px}.progress{display:grid;gap:4px}`,N=h`
.handle{display:grid;place-items:center;width:40px;height:100%;min-height:56px;padding:0;border:0;background:none;color:var(--secondary-text-color);cursor:grab;touch-action:none}@media (pointer:coarse){.handle{width:44px}}.handle[aria-pressed="true"]{color:var(--primary-text-color);background:color-mix(in srgb,var(--primary-color) 20%,transparent);cursor:grabbing}.carried{outline:2px solid var(--primary-color);outline-offset:-2px;z-index:1}`,P={start:`mdi:play`,hold:`mdi:pause-circle-outline`,release:`mdi:play-pause`,complete:`mdi:check`,fail:`mdi:close`,cancel:`mdi:cancel`,stop:`mdi:stop`,pause:`mdi:pause`,resume:`mdi:play`,retry:`mdi:refresh`},Qe=[`resume`,`pause`,`start`,`release`,`complete`,`fail`,`hold`,`retry`];function F(e,t,n){return t===`hold`&&n.every(e=>e.state===`waiting`)?e.t(`queue.verb_put_back`):e.t(`queue.verb_${t}`)}function I(e,t,n,r){let i=E(n),a=n.every(e=>e.state===`waiting`),o=n.every(u),s=(a?o?[`complete`,`fail`]:[`start`]:n.every(e=>e.state===`staged`||e.state===`pending`)?[`start`]:[`resume`,`pause`,`retry`]).filter(e=>i.has(e));if(!s.length)return b;let c=a&&o?n[0].download:null,d=j(e,n);return m`${c?m`<a
class="icon-button"
href=${c}
download
aria-label=${e.t(`queue.download`)}
title=${e.t(`queue.download`)}
>${l(`mdi:download`)}</a
>`:b}${d.length?m`<bvp-menu
.app=${e}
.label=${e.t(`queue.copy_to`)}
.icon=${Je}
.disabled=${r||n.some(e=>e.copying)}
.items=${d}
></bvp-menu>`:b}${s.map(i=>f({label:F(e,i,n),icon:P[i],look:i===`complete`?`primary`:`outlined`,disabled:r,onClick:()=>t.choose(i,n)}))}`}function $e(e,t,n,r){let{targets:i}=e.store.state,a=(a,o,s=``)=>{let c=n.find(e=>!S(e.sliced_for,{sliced_for:s}));return{label:p(e,i,a),icon:o,checked:n.every(e=>(e.target||`none`)===a),disabled:r,...c?{refused:e.t(`inbox.sliced_for`,{model:se(c.sliced_for)})}:{},onClick:()=>void t.assign(n,a,void 0)}};return[...i.map(e=>a(e.id,e.kind===`printer`?`mdi:printer-3d`:`mdi:cube-outline`,e.sliced_for)),a(`none`,`mdi:help-circle-outline`)]}var et=[[`copies`,`queue.copies`,`mdi:content-copy`],[`not_before`,`queue.not_before`,`mdi:calendar-clock`],[`due`,`queue.due`,`mdi:flag-outline`],[`options`,`queue_dialog.options`,`mdi:tune-variant`]];function L(e,t,n,r){let i=E(n),a=n[0],o=n.every(e=>e.position!==null&&!T(e)),s=o&&y(`work`,n),c=o&&y(`decide`,n),l=j(e,n),u=(a,o=!1)=>i.has(a)&&{label:F(e,a,n),icon:P[a],danger:o,disabled:r,onClick:()=>t.choose(a,n)};return[...Qe.map(e=>u(e)),s&&{label:e.t(`queue.to_top`),icon:`mdi:arrow-collapse-up`,disabled:r,onClick:()=>t.toTop(n)},s&&{label:e.t(`queue.to_bottom`),icon:`mdi:arrow-collapse-down`,disabled:r,onClick:()=>t.toBottom(n)},c&&{label:e.t(`queue.target`),icon:`mdi:printer-3d`,disabled:r,items:$e(e,t,n,r)},...et.map(([i,a,o])=>c&&{label:`${e.t(a)}…`,icon:o,disabled:r,onClick:()=>t.edit(n,i)}),c&&n.length===1&&{label:e.t(`queue.edit`),icon:`mdi:pencil`,disabled:r,onClick:()=>t.edit(n)},t.grouping!==void 0&&n.length>1&&{label:e.t(`queue.ungroup`),icon:`mdi:ungroup`,onClick:()=>t.grouping?.setApart(a.archive_id,!0)},t.grouping?.isApart(a.archive_id)===!0&&{label:e.t(`queue.group`),icon:`mdi:group`,onClick:()=>t.grouping?.setApart(a.archive_id,!1)},...n.length===1?R(e,t,a,r):[],{label:e.t(`queue.open_archive`),icon:`mdi:archive`,onClick:()=>e.go(`archive`,a.archive_id)},{label:e.t(`common.copy_link`),icon:`mdi:link-variant`,onClick:t=>void Ce(e,t,e.url(`queue`,a.id))},a.download!==null&&{label:e.t(`queue.download`),icon:`mdi:download`,href:a.download,download:!0},l.length>0&&{label:e.t(`queue.copy_to`),icon:`mdi:sd`,disabled:r||n.some(e=>e.copying),items:l},u(`stop`,!0),u(`cancel`,!0)]}function R(e,{judging:t},n,r){if(!t)return[];let i=Te(n);return[_e(n)&&{label:e.t(`printers.again_heading`),icon:`mdi:repeat`,disabled:r,onClick:()=>t.offer(n)},i&&{label:e.t(`prints.judge_good`),icon:`mdi:thumb-up-outline`,disabled:r,onClick:()=>void t.good(t.of(n))},i&&{label:e.t(`prints.judge_failed`),icon:`mdi:thumb-down-outline`,disabled:r,onClick:()=>t.failed(t.of(n))}]}function z(e,t){if(!t.verdict)return``;let n=e.t(t.verdict===`good`?`prints.good`:`prints.failed`),r=t.verdict_reason?`${n}: ${t.verdict_reason}`:n;return e.t(`prints.judged`,{verdict:r})}var tt={completed:[`mdi:check-circle-outline`,`good`],failed:[`mdi:close-circle-outline`,`bad`],cancelled:[`mdi:cancel`,`neutral`],skipped:[`mdi:debug-step-over`,`neutral`]};function B(e,t){return t.problem?e.say(t.problem):t.error}function V(e,t,n,r){let i=n[0];if(i.question)return at(e,t,i,r);if(T(i))return rt(e,i);let a=tt[i.state];if(a){let t=B(e,i);return m`<div class="status">
${v(a[0],e.say(i.status),a[1])}
${t?m`<span class="small">${t}</span>`:b}
${i.verdict?m`<span class="small">${z(e,i)}</span>`:b}
</div>`}let o=new Map,s=n.find(e=>e.copying);for(let t of n){let{waiting:n}=t;if(!n)continue;let r=e.say(n),i=Me(n.key)?`warning`:`neutral`;r&&o.set(r,v(je(n.key),r,i));let a=n.wrong_model&&e.say(n.wrong_model);a&&o.set(a,v(`mdi:alert-outline`,a,`warning`))}if(i.priority!==`normal`){let t=i.priority===`high`,n=e.t(t?`queue.priority_high`:`queue.priority_low`);o.set(n,v(t?`mdi:chevron-double-up`:`mdi:chevron-double-down`,n))}let c=i.due??(i.is_late?i.ready_by:null);if(c){let t=i.is_late?e.say({text_key:`waiting_late`,values:{time:{time:c}}}):e.t(`queue.due_at`,{time:e.format.moment(c)}),n=i.is_late||new Date(c).getTime()<Date.now();o.set(t,v(`mdi:flag-outline`,t,n?`warning`:`neutral`))}return m`${o.size?m`<div class="status">${[...o.values()]}</div>`:b}${s?nt(e,s):b}`}function nt(e,t){let{printer_id:n,progress:r}=t.copying,i=e.store.state.printers.find(e=>e.id===n)?.name??``,a=e.t(`queue.copying`,{printer:i}),o=r===null?``:e.format.percent(r);return m`<div class="progress" role="status">
<span class="small">${a}</span>
${ae(r,a,o||a)}
</div>`}function rt(e,t){let{format:n}=e,r=e.say(t.status),i=t.expected_end?(new Date(t.expected_end).getTime()-Date.now())/1e3:null,a=[t.progress===null?``:n.percent(t.progress),i!==null&&i>0?e.t(`queue.left`,{time:n.duration(i)}):``,t.expected_end?e.t(`queue.ends_at`,{time:n.moment(t.expected_end)}):``].filter(Boolean);return m`<div class="progress">
<span>${r}</span>
${ae(t.progress,w(e,t),a.join(`, `)||r)}
<span class="small secondary">${a.slice(t.progress===null?0:1).join(` · `)}</span>
${t.problem?m`<span>${v(`mdi:alert-circle-outline`,e.say(t.problem),`warning`)}</span>`:b}
</div>`}var it={started:`mdi:play`,not_started:`mdi:undo-variant`,finished:`mdi:check`,failed:`mdi:close`,cancelled:`mdi:cancel`};function at(e,t,n,r){let i=n.printed_on??(n.target_name?e.say(n.target_name):``);return m`<div class="question" role="group" aria-label=${e.t(`queue.question`)}>
<span class="status">
${v(`mdi:help-circle-outline`,e.t(`queue.question`),`warning`)}
<span>${e.t(`queue.question_${n.question}`,{printer:i})}</span>
</span>
<span class="buttons">
${n.answers.map(i=>f({label:e.t(`queue.answer_${i}`),icon:it[i],disabled:r,onClick:()=>void t.answer(n,i)}))}
</span>
</div>`}function ot(e,t){let r=t.every(e=>e.sender===t[0].sender),{format:i}=e,{seconds:a,grams:o}=n(t),s=t[0],c=t.length>1?null:s.copies>1?e.t(`queue.copies_printed`,{printed:s.copies_printed,copies:s.copies}):null,l=[...new Set(t.flatMap(e=>e.filament_colors))],u=[...new Set(t.flatMap(e=>e.filament_types))];return m`<div class="facts secondary">
${t.length>1?g(`mdi:layers-triple-outline`,e.t(`queue.plates`),i.number(t.length)):b}
${g(`mdi:timer-outline`,e.t(`queue.time`),a?i.duration(a):null)}
${g(`mdi:weight-gram`,e.t(`queue.weight`),o?i.weight(o):null)}
${g(`mdi:content-copy`,e.t(`queue.copies`),c)}
${r?Se(e,s):b} ${de(l,u)}
</div>`}var H=class extends C{constructor(...e){super(...e),this.close=()=>{this.dispatchEvent(new CustomEvent(`closed`))}}names(e){return e.length===1?w(this.app,e[0]):this.t(`queue.jobs`,{count:e.length})}};s([o({attribute:!1})],H.prototype,`actions`,void 0);var U=class extends H{constructor(...e){super(...e),this.jobs=[],this.text=``,this.failed=null}static{this.styles=[x,Ee]}async done(e){let t=await this.actions.do(`fail`,this.jobs,{reason:e});E(t).has(`retry`)?this.failed=t:this.close()}async again(){this.close(),await this.actions.do(`retry`,this.failed)}render(){return this.failed?this.askAgain():this.askReason()}askReason(){return m`<bvp-dialog
.app=${this.app}
.heading=${this.t(`queue.fail_heading`,{name:this.names(this.jobs)})}
@closed=${this.close}
>
<div class="chips field" role="group" aria-label=${this.t(`queue.reason`)}>
${ge.map(e=>{let t=this.t(`queue.reason_${e}`);return m`<button type="button" class="choose" @click=${()=>this.done(t)}>
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
${f({label:this.t(`common.cancel`),look:`plain`,onClick:this.close})}
${f({label:this.t(`queue.verb_fail`),look:`danger`,onClick:()=>void this.done(this.text.trim())})}
</span>
</bvp-dialog>`}askAgain(){return m`<bvp-dialog
.app=${this.app}
.heading=${this.t(`queue.again_heading`)}
@closed=${this.close}
>
<p>${this.t(`queue.again_text`,{name:this.names(this.jobs)})}</p>
<span slot="actions">
${f({label:this.t(`queue.again_no`),look:`plain`,onClick:this.close})}
${f({label:this.t(`queue.again_yes`),look:`primary`,onClick:()=>void this.again()})}
</span>
</bvp-dialog>`}};s([o({attribute:!1})],U.prototype,`jobs`,void 0),s([a()],U.prototype,`text`,void 0),s([a()],U.prototype,`failed`,void 0),U=s([c(`bvp-queue-fail`)],U);var W=class extends H{constructor(...e){super(...e),this.jobs=[],this.verb=`stop`}render(){return m`<bvp-dialog
.app=${this.app}
.heading=${this.t(`queue.stop_heading`,{name:this.names(this.jobs)})}
@closed=${this.close}
>
<p>${this.t(`queue.stop_text`,{printer:this.jobs[0]?.printed_on??``})}</p>
<span slot="actions">
${f({label:this.t(`queue.stop_no`),look:`plain`,onClick:this.close})}
${f({label:this.t(`queue.verb_stop`),icon:`mdi:stop`,look:`danger`,onClick:()=>{this.close(),this.actions.do(this.verb,this.jobs,{confirm:!0})}})}
</span>
</bvp-dialog>`}};s([o({attribute:!1})],W.prototype,`jobs`,void 0),s([o()],W.prototype,`verb`,void 0),W=s([c(`bvp-queue-confirm`)],W);var st={copies:`queue.copies`,not_before:`queue.not_before`,due:`queue.due`,options:`queue_dialog.options`},G=class extends H{constructor(...e){super(...e),this.only=null,this.targets=[],this.copies=1,this.target=`none`,this.priority=`normal`,this.notBefore=``,this.due=``,this.timing=k(null),this.rule=`printer`,this.anyway=!1,this.options={},this.problem=``}static{this.styles=[x,Ee,De,h`
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:0 16px;align-items:start}`]}get job(){return this.jobs[0]}firstUpdated(){this.only&&requestAnimationFrame(()=>this.renderRoot.querySelector(`input, select`)?.focus())}willUpdate(){if(this.stored)return;let{job:e}=this;this.stored=this.timesOf(e),Object.assign(this,this.stored),this.copies=e.copies,this.target=e.target,this.priority=e.priority,this.rule=e.filament_rule??`printer`,this.anyway=e.print_anyway,this.options={...e.options}}timesOf(e){let{app:t}=this;return{notBefore:t.format.toField(e.not_before),due:t.format.toField(e.due),timing:k(e,t)}}get isOver(){let{app:e,stored:t}=this;return A(e,this.notBefore,t.notBefore)||A(e,this.due,t.due)||We(e,t.timing,this.timing)}changesOf(e){let{format:t}=this.app,n=this.timesOf(e);return{...this.copies===e.copies?{}:{copies:this.copies},...this.target===e.target?{}:{target:this.target},...this.priority===e.priority?{}:{priority:this.priority},...this.notBefore===n.notBefore?{}:{not_before:t.fromField(this.notBefore)},...this.rule===(e.filament_rule??`printer`)?{}:{filament_rule:this.rule},...this.anyway===e.print_anyway?{}:{print_anyway:this.anyway},...this.due===n.due?{}:{due:t.fromField(this.due)},...Ge(this.app,n.timing,this.timing),...Ke(this.options,e.options??{})?{}:{options:this.options}}}async save(){let{jobs:e,only:t,app:n}=this;if(this.problem=this.isOver?this.t(`timing.over`):``,this.problem)return;let r=Object.keys(this.changesOf(this.job)).length>0;try{for(let i of r?e:[]){let e=this.changesOf(i),r=t?t in e?{[t]:e[t]}:{}:e;Object.keys(r).length&&await n.api.editJob(i.id,r)}}catch(e){this.problem=n.sayError(e);return}this.close()}get choices(){let{job:e,targets:t}=this,n=t.map(n=>[n.id,p(this.app,t,n.id),S(e.sliced_for,n)]);return[`none`,...t.map(e=>e.id)].includes(e.target)||n.push([e.target,p(this.app,t,e.target,e.target_name),!0]),[...n,[`none`,this.t(`target.later`),!0]]}get fewest(){return Math.max(1,...this.jobs.map(e=>e.copies_printed))}targetField(){return m`<div class="field">
<label for="target">${this.t(`queue.target`)}</label>
<select
id="target"
@change=${e=>this.target=e.target.value}
>
${this.choices.map(([e,t,n])=>m`<option value=${e} ?selected=${e===this.target} ?disabled=${!n}>
${n?t:this.t(`queue.target_unfit`,{target:t,model:this.job.sliced_for})}
</option>`)}
</select>
</div>`}copiesField(){return he(this.app,this.copies,this.fewest,e=>this.copies=e)}priorityField(){return m`<div class="field">
<label for="priority">${this.t(`queue.priority`)}</label>
<select
id="priority"
@change=${e=>this.priority=e.target.value}
>
${[`high`,`normal`,`low`].map(e=>m`<option value=${e} ?selected=${e===this.priority}>
${this.t(`queue.priority_${e}`)}
</option>`)}
</select>
</div>`}notBeforeField(){return O(this.app,{id:`not-before`,label:this.t(`queue.not_before`),value:this.notBefore,before:this.stored.notBefore,set:e=>this.notBefore=e})}dueField(){return O(this.app,{id:`due`,label:this.t(`queue.due`),value:this.due,before:this.stored.due,set:e=>this.due=e})}optionFields(){return qe(this.app,this.options,e=>{this.options=e})}fields(){switch(this.only){case`copies`:return this.copiesField();case`not_before`:return this.notBeforeField();case`due`:return this.dueField();case`options`:return this.optionFields()}return m`${this.targetField()}
<div class="two">
${this.copiesField()} ${this.priorityField()} ${this.notBeforeField()} ${this.dueField()}
${Be(this.app,this.timing,e=>{this.timing=e},this.stored.timing)}
${Ue(this.app,this.rule,this.anyway,(e,t)=>{this.rule=e,this.anyway=t})}
</div>
<details>
<summary>${this.t(`queue_dialog.options`)}</summary>
${this.optionFields()}
</details>`}get heading(){let e=this.jobs.length>1?this.job.name:w(this.app,this.job);return this.only?`${this.t(st[this.only])} · ${e}`:this.t(`queue.edit_heading`,{name:e})}render(){return m`<bvp-dialog .app=${this.app} .heading=${this.heading} @closed=${this.close}>
<form
@submit=${e=>{e.preventDefault(),this.save()}}
>
${this.fields()}
<input type="submit" hidden />
</form>
${this.problem?m`<span slot="actions" class="problem" role="alert">${this.problem}</span>`:b}
<span slot="actions">
${f({label:this.t(`common.cancel`),look:`plain`,onClick:this.close})}
${f({label:this.t(`queue.save`),look:`primary`,onClick:()=>void this.save()})}
</span>
</bvp-dialog>`}};s([o({attribute:!1})],G.prototype,`jobs`,void 0),s([o({attribute:!1})],G.prototype,`only`,void 0),s([o({attribute:!1})],G.prototype,`targets`,void 0),s([a()],G.prototype,`copies`,void 0),s([a()],G.prototype,`target`,void 0),s([a()],G.prototype,`priority`,void 0),s([a()],G.prototype,`notBefore`,void 0),s([a()],G.prototype,`due`,void 0),s([a()],G.prototype,`timing`,void 0),s([a()],G.prototype,`rule`,void 0),s([a()],G.prototype,`anyway`,void 0),s([a()],G.prototype,`options`,void 0),s([a()],G.prototype,`problem`,void 0),G=s([c(`bvp-queue-edit`)],G);var K=class extends H{constructor(...e){super(...e),this.targets=[],this.printers=[],this.disabled=!1}static{this.styles=[x,_,ne,ce,oe,M,h`
.content{display:grid;gap:16px}bvp-picture{width:min(100%,256px);justify-self:center}.column{display:grid;gap:4px}.filaments{display:grid;gap:8px;margin:0;padding:0;list-style:none}footer{display:flex;flex-wrap:wrap;gap:8px;justify-content:flex-end;align-items:center}`]}moment(e,t,n){return g(t,this.t(e),n?`${this.t(e)}: ${this.app.format.moment(n)}`:null)}render(){let{app:e,job:t,disabled:n}=this,r=this.printers.find(e=>e.id===t.machine_id)?.live,i=r?.layer&&r.layers?this.t(`queue.layer`,{layer:r.layer,layers:r.layers}):null,a=[t];return m`<bvp-dialog addressed .app=${e} .heading=${w(e,t)} @closed=${this.close}>
<div class="content">
<bvp-picture
.src=${t.picture}
.alt=${this.t(`queue.picture`,{plate:t.plate,name:t.name})}
eager
></bvp-picture>
${V(e,this.actions,a,n)}
${Ve(e,t.filaments,t.waiting!==null&&t.target!==`none`)}
<div class="column">
${ot(e,a)}
${g(`mdi:printer-3d`,this.t(`queue.target`),p(e,this.targets,t.target,t.target_name))}
${g(`mdi:layers-outline`,this.t(`queue.layers`),i)}
${g(`mdi:cash`,this.t(`queue.cost`),t.cost===null?null:e.format.money(t.cost))}
${g(`mdi:inbox-arrow-down`,this.t(`queue.came_by`),[t.printer,t.source_ip].filter(Boolean).join(` · `))}
${this.moment(`queue.expected_start`,`mdi:clock-start`,t.started_at?null:t.expected_start)}
${this.moment(`queue.expected_end`,`mdi:clock-end`,t.finished_at?null:t.expected_end)}
${this.moment(`queue.not_before`,`mdi:calendar-clock`,t.not_before)}
${this.moment(`queue.due`,`mdi:flag-outline`,t.due)} ${He(e,t)}
${this.moment(`queue.started`,`mdi:play`,t.started_at)}
${this.moment(`queue.finished`,`mdi:flag-checkered`,t.finished_at)}
</div>
</div>
<footer slot="actions">
${I(e,this.actions,a,n)||b}
<bvp-menu
.app=${e}
.label=${this.t(`queue.more`,{name:w(e,t)})}
.items=${L(e,this.actions,a,n)}
></bvp-menu>
</footer>
</bvp-dialog>`}};s([o({attribute:!1})],K.prototype,`job`,void 0),s([o({attribute:!1})],K.prototype,`targets`,void 0),s([o({attribute:!1})],K.prototype,`printers`,void 0),s([o({type:Boolean})],K.prototype,`disabled`,void 0),K=s([c(`bvp-queue-job`)],K);var ct=`none`;function lt(e){return t(e)&&e.machine_id||e.target||`none`}function ut(e,t,n,r=new Set){let i=new Map;for(let t of e){let e=lt(t),n=i.get(e);n?n.push(t):i.set(e,[t])}let a=new Set(n.filter(e=>e.kind===`real`).map(e=>e.sliced_for)),o=t.filter(e=>e.kind===`printer`||i.has(e.id)||a.has(e.sliced_for)),s=new Set([...o.map(e=>e.id),ct]),c=[...i.keys()].filter(e=>!s.has(e)),l=(e,t)=>{let n=i.get(e)??[];return{id:e,kind:e===`none`?`none`:t?.kind??`printer`,name:n.find(e=>e.target_name)?.target_name??null,choice:t,jobs:n,rows:dt(n,r)}};return[...o.filter(e=>e.kind===`printer`).map(e=>l(e.id,e)),...o.filter(e=>e.kind===`model`).map(e=>l(e.id,e)),...c.map(e=>l(e,null)),l(ct,null)]}function dt(e,n){return[...e.filter(e=>t(e)).map(e=>({key:e.id,jobs:[e]})),...ie(e.filter(e=>!t(e)),n)]}function q(e){return e.jobs.every(e=>e.position!==null&&!t(e))}function J(e,t){if(e.kind===`none`)return!0;let{choice:n}=e;return n!==null&&t.every(e=>S(e.sliced_for,n))}function ft(e,t,n,r){let i=new Set(n.jobs.map(e=>e.id)),a=t.rows.filter(e=>e.key!==n.key&&q(e));if(!a.length)return;let o=t.rows.filter(e=>e.key!==n.key&&!q(e)).length,s=Math.max(0,Math.min(a.length,r-o));if(s>0)return a[s-1].jobs.at(-1).id;let c=e.filter(e=>e.position!==null&&!i.has(e.id)),l=c.findIndex(e=>e.id===a[0].jobs[0].id);return l>0?c[l-1].id:null}var Y=class extends C{constructor(...e){super(...e),this.jobs=[],this.target=``,this.expanded=!1,this.disabled=!1,this.inner=!1}static{this.styles=[x,_,ne,ce,oe,M,h`
:host{display:block}.row{display:grid;grid-template-columns:64px minmax(0,1fr) auto auto;grid-template-areas:"picture main buttons menu";align-items:center;gap:4px 16px;padding:8px 4px 8px 8px}bvp-picture{grid-area:picture;align-self:start;width:64px}.main{display:grid;grid-area:main;gap:4px;min-width:0}.title{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 12px;min-width:0}.title a{overflow:hidden;color:inherit;font-weight:var(--ha-font-weight-medium,500);text-decoration:none;text-overflow:ellipsis;white-space:nowrap}.title a:hover{text-decoration:underline}.target{display:inline-flex;align-items:center;gap:4px;min-width:0;color:var(--secondary-text-color)}.target .icon{--mdc-icon-size:16px;width:16px;height:16px}.act{grid-area:buttons;justify-content:flex-end}.menu{display:flex;grid-area:menu;align-items:center}@container (max-width:680px){.row{grid-template-columns:56px minmax(0,1fr) auto;grid-template-areas:"picture title menu"
"picture facts facts"
"status status status"
"buttons buttons buttons";gap:4px 12px}.main{display:contents}.title{grid-area:title}.main > .facts{grid-area:facts}.main > :is(.status,.progress,.question){grid-area:status}.facts{gap:2px 12px}bvp-picture{width:56px}.menu{align-self:start}.act{justify-content:flex-start;padding-bottom:4px}.act:not(:has(button)){display:none}.title a{white-space:normal;overflow-wrap:anywhere}}@container (max-width:320px){.row{grid-template-areas:"picture title menu"
"facts facts facts"
"status status status"
"buttons buttons buttons";grid-template-columns:44px minmax(0,1fr) auto;gap:4px 8px}bvp-picture{width:44px}.title a{hyphens:auto}.menu{flex-direction:column-reverse}}`]}focus(){this.renderRoot.querySelector(`a`)?.focus()}get name(){let e=this.jobs[0];if(this.jobs.length>1)return e.name;if(!this.inner)return w(this.app,e);let t=this.t(`queue.plate`,{plate:e.plate});return e.plate_name?`${t}: ${e.plate_name}`:t}open(e){i(e,()=>this.dispatchEvent(new CustomEvent(`open`)))}render(){let{app:t,actions:n,jobs:r,disabled:i}=this,[a]=r;return a?m`<div class="row">
<bvp-picture .src=${a.picture_small}></bvp-picture>
<div class="main">
<div class="title">
<a class="touch" href=${t.url(`queue`,a.id)} @click=${this.open}>${this.name}</a>
${this.inner||!this.target?b:m`<span class="target" title=${this.t(`queue.target`)}
>${l(`mdi:printer-3d`)}<span>${this.target}</span></span
>`}
</div>
${ot(t,r)} ${V(t,n,r,i)}
</div>
<div class="act buttons">${I(t,n,r,i)}</div>
<div class="menu">
${r.length>1?e({label:this.t(this.expanded?`queue.hide_plates`:`queue.show_plates`,{name:a.name}),icon:this.expanded?`mdi:chevron-up`:`mdi:chevron-down`,expanded:this.expanded,onClick:()=>this.dispatchEvent(new CustomEvent(`expand`))}):b}
<bvp-menu
.app=${t}
.label=${this.t(`queue.more`,{name:this.name})}
.items=${L(t,n,r,i)}
></bvp-menu>
</div>
</div>`:b}};s([o({attribute:!1})],Y.prototype,`jobs`,void 0),s([o({attribute:!1})],Y.prototype,`actions`,void 0),s([o()],Y.prototype,`target`,void 0),s([o({type:Boolean})],Y.prototype,`expanded`,void 0),s([o({type:Boolean})],Y.prototype,`disabled`,void 0),s([o({type:Boolean})],Y.prototype,`inner`,void 0),Y=s([c(`bvp-queue-row`)],Y);var X=60,Z=14,Q=class extends C{constructor(...e){super(...e),this.lanes=[],this.disabled=!1,this.narrowed=!1,this.narrow=!1,this.carry=null}static{this.styles=[x,_,N,h`
:host{display:block}.lanes{display:grid;grid-auto-columns:minmax(280px,1fr);grid-auto-flow:column;gap:16px;align-items:start;margin-top:16px;padding-bottom:16px;overflow-x:auto}:host([narrow]) .lanes{grid-auto-columns:auto;grid-auto-flow:row;overflow-x:visible}.lane{display:flex;flex-direction:column;min-width:0;min-height:160px;padding:12px 8px 8px}:host([narrow]) .lane{min-height:0}.lane.over{outline:2px solid var(--primary-color);outline-offset:-2px}.lane.refused{outline:2px solid var(--error-color);outline-offset:-2px}header{display:grid;gap:4px;padding:0 8px 8px}.name{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:4px 8px}h2{min-width:0;overflow-wrap:anywhere}.rows{container-type:inline-size;display:grid;grid-template-columns:minmax(0,1fr);gap:8px;flex:1;align-content:start}.rows > li{display:grid;grid-template-columns:minmax(0,1fr);align-items:center;border:1px solid var(--divider-color);border-radius:var(--ha-border-radius-md,8px);background:var(--card-background-color)}.rows > li.movable{grid-template-columns:auto minmax(0,1fr)}@media (pointer:fine){.rows .handle{width:32px}}.drop{padding:16px 8px;border:1px dashed var(--divider-color);border-radius:var(--ha-border-radius-md,8px);color:var(--secondary-text-color);text-align:center}`]}disconnectedCallback(){super.disconnectedCallback(),this.endPointer?.()}willUpdate(e){let{carry:t}=this;t&&e.has(`lanes`)&&(this.lanes.some(e=>e.rows.some(e=>e.key===t.row.key))||(this.endPointer?this.endPointer():this.carry=null))}lane(e){return this.lanes.find(t=>t.id===e)}nameOf(e){return p(this.app,this.state.targets,e.id,e.name)}rowName(e){return e.jobs.length>1?e.jobs[0].name:w(this.app,e.jobs[0])}rowsOf(e){let{carry:t}=this,n=t&&this.lane(t.lane);if(!t||!n||!J(n,t.row.jobs))return e.rows;let r=e.rows.filter(e=>e.key!==t.row.key);return t.lane===e.id?[...r.slice(0,t.at),t.row,...r.slice(t.at)]:r}pickUp(e,t){this.carry={row:e,from:t.id,lane:t.id,at:t.rows.findIndex(t=>t.key===e.key)}}carryTo(e,t){let{carry:n}=this,r=this.lane(e);if(!n||!r)return;let i=r.rows.filter(e=>e.key!==n.row.key),a=i.filter(e=>!q(e)).length,o=Math.max(a,Math.min(i.length,t));(n.lane!==e||n.at!==o)&&(this.carry={...n,lane:e,at:o},this.app.announce(J(r,n.row.jobs)?this.t(`queue.lane_moved`,{name:this.rowName(n.row),lane:this.nameOf(r),place:o+1,count:i.length+1}):this.refusal(r,n.row)))}refusal(e,t){return this.t(`queue.lane_refused`,{name:this.rowName(t),model:se(t.jobs[0].sliced_for),lane:this.nameOf(e)})}drop(){let{carry:e}=this;this.carry=null;let t=e&&this.lane(e.lane);if(!e||!t)return;let{row:n}=e;if(!J(t,n.jobs)){this.app.toast(this.refusal(t,n));return}let r=t.rows.findIndex(e=>e.key===n.key);if(e.lane===e.from&&e.at===r)return;let i=ft(this.state.queue,t,n,e.at);this.actions.assign(n.jobs,t.id,i)}onHandleKey(e,t,n){let{carry:r}=this,i=r?.row.key===t.key,a=getComputedStyle(this).direction===`rtl`,o={ArrowUp:-1,ArrowDown:1}[e.key],s={ArrowLeft:a?1:-1,ArrowRight:a?-1:1}[e.key];if(e.key===` `||e.key===`Enter`)i?this.drop():this.disabled||(this.pickUp(t,n),this.app.announce(this.t(`queue.lane_picked_up`,{name:this.rowName(t)})));else if(i&&o!==void 0)this.carryTo(r.lane,r.at+o);else if(i&&s!==void 0){let e=this.lanes[this.lanes.findIndex(e=>e.id===r.lane)+s];e&&this.carryTo(e.id,r.at)}else if(i&&e.key===`Escape`)this.carry=null,this.app.announce(this.t(`queue.put_down`));else return;e.preventDefault(),e.stopPropagation(),this.updateComplete.then(()=>this.renderRoot.querySelector(`[data-key="${CSS.escape(t.key)}"] .handle`)?.focus())}onHandleDown(e,t,n){if(e.button!==0||this.disabled)return;e.preventDefault(),this.pickUp(t,n);let r={x:e.clientX,y:e.clientY},i=()=>{let e=this.laneAt(r.x,r.y);e&&this.carryTo(e.id,e.at)},a=setInterval(()=>{this.scrollAt(r.x,r.y)&&i()},30),o=e=>{r={x:e.clientX,y:e.clientY},i()},s=e=>{clearInterval(a),document.removeEventListener(`pointermove`,o),document.removeEventListener(`pointerup`,c),document.removeEventListener(`pointercancel`,l),document.removeEventListener(`keydown`,u,!0),this.endPointer=void 0,e?this.drop():this.carry=null},c=()=>s(!0),l=()=>s(!1),u=e=>{e.key===`Escape`&&(e.stopPropagation(),s(!1))};this.endPointer=l,document.addEventListener(`pointermove`,o),document.addEventListener(`pointerup`,c),document.addEventListener(`pointercancel`,l),document.addEventListener(`keydown`,u,!0)}laneAt(e,t){for(let n of this.renderRoot.querySelectorAll(`.lane`)){let r=n.getBoundingClientRect();if(e<r.left||e>r.right||t<r.top||t>r.bottom)continue;let i=[...n.querySelectorAll(`.rows > li`)].filter(e=>e.dataset.key!==this.carry?.row.key),a=i.findIndex(e=>{let n=e.getBoundingClientRect();return t<n.top+n.height/2});return{id:n.dataset.lane,at:a<0?i.length:a}}return null}scrollAt(e,t){let n=this.renderRoot.querySelector(`.lanes`),r=this.closest(`main`)??document.scrollingElement,i=[n.scrollLeft,r?.scrollTop],a=n.getBoundingClientRect();return e<a.left+X?n.scrollLeft-=Z:e>a.right-X&&(n.scrollLeft+=Z),r&&t<120?r.scrollTop-=Z:r&&t>window.innerHeight-X&&(r.scrollTop+=Z),i[0]!==n.scrollLeft||i[1]!==r?.scrollTop}printer(e){return this.state.printers.find(t=>t.kind===`real`&&t.id===e.id)}summary(e){let{format:t}=this.app,{seconds:r}=n(e.jobs),{narrowed:i}=this,a=e.jobs.length&&!i?this.state.forecast.free_from[e.id]:null,o=e.jobs.length?[this.t(`queue.jobs`,{count:e.jobs.length}),r?t.duration(r):``,a?this.t(`queue.done_at`,{time:t.moment(a)}):``]:[!i&&e.kind===`printer`&&e.choice?this.t(`queue.lane_free`):``];return m`<span class="secondary small">${o.filter(Boolean).join(` · `)}</span>`}item(e,n){let r=q(e)&&y(`decide`,e.jobs),i=this.carry?.row.key===e.key,a=e.jobs[0];return m`<li
class=${`${r?`movable`:``} ${i?`carried`:``}`}
data-key=${e.key}
>
${r?m`<button
type="button"
class="handle"
aria-pressed=${i}
aria-label=${this.t(`queue.handle`,{name:this.rowName(e)})}
title=${this.t(`queue.lane_hint`)}
?disabled=${this.disabled}
@keydown=${t=>this.onHandleKey(t,e,n)}
@pointerdown=${t=>this.onHandleDown(t,e,n)}
>
${l(`mdi:drag-vertical-variant`)}
</button>`:b}
<bvp-queue-row
.app=${this.app}
.actions=${this.actions}
.jobs=${e.jobs}
.target=${t(a)?a.printed_on??``:``}
.disabled=${this.disabled}
@expand=${()=>this.actions.grouping?.setApart(a.archive_id,!0)}
@open=${()=>this.dispatchEvent(new CustomEvent(`open`,{detail:a.id}))}
></bvp-queue-row>
</li>`}column(e){let{carry:t}=this,n=this.printer(e),r=t?.lane===e.id&&t.from!==e.id,i=t!==null&&!J(e,t.row.jobs),a=this.rowsOf(e),o=n&&Ye(n),s=`lane-${e.id}`;return m`<section
class=${`lane card ${r?i?`refused`:`over`:``}`}
data-lane=${e.id}
aria-labelledby=${s}
>
<header>
<div class="name">
<h2 id=${s}>${this.nameOf(e)}</h2>
${o?v(o.icon,this.t(o.key),o.tone):b}
</div>
${this.summary(e)}
${r&&i?m`<span role="alert" class="small">${this.refusal(e,t.row)}</span>`:b}
</header>
<ul class="rows">
${D(a,e=>e.key,t=>this.item(t,e))}
</ul>
${a.length?b:m`<p class="drop">${this.t(this.narrowed?`queue.empty_match`:`queue.lane_empty`)}</p>`}
</section>`}render(){let e=this.lanes.filter(e=>e.id!==`none`||e.jobs.length||this.lanes.length>1);return m`<div class="lanes">
${D(e,e=>e.id,e=>this.column(e))}
</div>`}};s([o({attribute:!1})],Q.prototype,`state`,void 0),s([o({attribute:!1})],Q.prototype,`lanes`,void 0),s([o({attribute:!1})],Q.prototype,`actions`,void 0),s([o({type:Boolean})],Q.prototype,`disabled`,void 0),s([o({type:Boolean})],Q.prototype,`narrowed`,void 0),s([o({type:Boolean,reflect:!0})],Q.prototype,`narrow`,void 0),s([a()],Q.prototype,`carry`,void 0),Q=s([c(`bvp-queue-lanes`)],Q);var pt=5,mt=50,ht={completed:`mdi:check-circle-outline`,failed:`mdi:close-circle-outline`,cancelled:`mdi:cancel`,skipped:`mdi:debug-step-over`},gt={s:`start`,d:`complete`,f:`fail`,Delete:`cancel`},_t=[{id:`list`,icon:`mdi:format-list-bulleted`,label:`queue.view_list`},{id:`lanes`,icon:`mdi:view-column-outline`,label:`queue.view_lanes`}],vt=`bvp-queue-view`,yt=`bvp-queue-apart`,$=class extends le{constructor(...e){super(...e),this.asked=null,this.open=new Set,this.apart=new Set((ee(yt)??``).split(`,`).filter(Boolean)),this.carry=null,this.history=[],this.historyTotal=0,this.historyWhole=!1,this.elsewhere=null,this.cursor=null,this.queueIds=``,this.historyOf={person:``,instance:``},this.wantedId=null,this.reloading=0,this.shownRows=new Map,this.judging=new be(this,()=>{this.loadHistory(),this.wantedId=null,this.followAddress()}),this.onKey=e=>{if(!this.app.shortcuts||fe(e))return;let t=[...(this.renderRoot.querySelector(`bvp-queue-lanes`)?.renderRoot)?.querySelectorAll(`bvp-queue-row`)??[],...this.renderRoot.querySelectorAll(`bvp-queue-row`)],n=t.findIndex(e=>e.matches(`:focus-within`)),r={j:1,ArrowDown:1,k:-1,ArrowUp:-1}[e.key],i=gt[e.key];if(r!==void 0)t[Math.min(t.length-1,Math.max(0,n+r))]?.focus();else if(i&&n>=0){let{jobs:e}=t[n];if(!this.canAct||!e.every(e=>e.verbs.includes(i)))return;this.actions.choose(i,e)}else return;e.preventDefault(),e.stopImmediatePropagation()}}static{this.styles=[x,_,N,me,h`
:host{display:block;width:100%;max-width:1200px;margin:0 auto;padding:16px var(--bvp-gutter,16px) 32px}.top{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:8px 16px;min-height:44px}.top select{width:auto;max-width:100%}.tools{display:flex;flex-wrap:wrap;align-items:center;gap:8px}section{margin-top:16px}.heading{display:flex;align-items:center;justify-content:space-between;min-height:40px}h2{display:flex;align-items:baseline;gap:8px}.rows,.plates{container-type:inline-size}.rows > li{position:relative;background:var(--card-background-color);content-visibility:auto;contain-intrinsic-size:auto 96px}.rows > li + li,.plates > li{border-top:1px solid var(--divider-color)}.rows > li:first-child{border-start-start-radius:inherit;border-start-end-radius:inherit}.rows > li:last-child{border-end-start-radius:inherit;border-end-end-radius:inherit}.line{display:grid;grid-template-columns:minmax(0,1fr);align-items:center}.line.movable{grid-template-columns:40px minmax(0,1fr)}.plates{padding-inline-start:24px}.past{display:grid;grid-template-columns:auto minmax(0,1fr) auto auto;align-items:center;gap:4px 12px;padding:4px 4px 4px 16px}.past .words{display:flex;flex-wrap:wrap;gap:0 12px;min-width:0;overflow-wrap:anywhere}.past a{color:inherit;text-decoration:none}.past a:hover{text-decoration:underline}.past .completed{color:var(--success-color)}.past .failed{color:var(--error-color)}.more{display:flex;justify-content:center;padding:8px}:host([narrow]){padding-top:8px}:host([narrow]) .line.movable{grid-template-columns:32px minmax(0,1fr)}@media (pointer:fine){:host([narrow]) .handle{width:32px}}:host([narrow]) .past{grid-template-columns:auto minmax(0,1fr) auto;padding-inline-start:12px}:host([narrow]) .past time{grid-column:2;grid-row:2}:host([narrow]) .plates{padding-inline-start:8px}`]}connectedCallback(){super.connectedCallback(),document.addEventListener(`keydown`,this.onKey)}disconnectedCallback(){super.disconnectedCallback(),document.removeEventListener(`keydown`,this.onKey),clearTimeout(this.reloading),this.queueIds=``,this.endPointer?.()}get canAct(){return this.state.connection===`live`}willUpdate(e){e.has(`app`)&&(this.actions=new Ze(this.app,e=>this.asked=e,{isApart:e=>this.apart.has(e),setApart:(e,t)=>this.setApart(e,t)},this.judging)),(e.has(`state`)||e.has(`route`))&&this.followQueue(),(e.has(`route`)||e.has(`state`))&&this.followAddress()}setApart(e,t){let n=new Set(this.apart);t?n.add(e):n.delete(e),this.apart=n,te(yt,[...n].slice(-50).join())}followQueue(){let e=this.state.queue.map(e=>e.id).join()||`-`,{person:t,instance:n,historyOf:r}=this,i=t===r.person&&n===r.instance;if(e===this.queueIds&&i)return;let a=!this.queueIds||!i;this.queueIds=e,this.historyOf={person:t,instance:n},clearTimeout(this.reloading),this.reloading=window.setTimeout(()=>void this.loadHistory(),a?0:700)}historyPage(e){let{person:t,instance:n}=this.historyOf;return this.app.api.history(mt,e,t,n)}async loadHistory(){try{let e=await this.historyPage(null);this.history=e.jobs,this.historyTotal=e.total,this.cursor=e.cursor}catch(e){this.app.toast(this.app.sayError(e))}}async moreHistory(){if(!this.historyWhole){this.historyWhole=!0;return}if(!this.cursor)return;let e=await this.app.attempt(this.historyPage(this.cursor));e&&(this.history=[...this.history,...e.jobs],this.cursor=e.cursor)}async followAddress(){let{id:e}=this.route;if(e===null||this.state.queue.some(t=>t.id===e)){this.elsewhere=null,this.wantedId=null;return}if(this.state.available!==!0||this.wantedId===e&&!this.queueChanged(e))return;this.wantedId=e;let t=await this.app.attempt(this.app.api.job(e));this.wantedId===e&&(t?this.elsewhere=t:this.leave())}queueChanged(e){let t=this.history.find(t=>t.id===e);return t!==void 0&&this.elsewhere!==null&&t.state!==this.elsewhere.state}get query(){return Object.fromEntries(this.route.query)}leave(){this.app.go(`queue`,null,this.query)}rowsOf(e){return this.shownRows.get(e)??[]}move(e,t,n){let r=this.rowsOf(e),i=r[t];!i||t===n||n<0||n>=r.length||this.actions.move(i.jobs,ke(this.state.queue,r,t,n))}onHandleKey(e,t,n){let{carry:r}=this,i=this.rowsOf(t),a=r?.list===t;switch(e.key){case` `:case`Enter`:a?this.drop():this.canAct&&(this.carry={list:t,from:n,to:n},this.app.announce(this.t(`queue.picked_up`,{name:this.rowName(i[n]),place:n+1,count:i.length})));break;case`ArrowUp`:case`ArrowDown`:if(!a)return;this.carryTo(r.to+(e.key===`ArrowUp`?-1:1));break;case`Escape`:if(!a)return;this.carry=null,this.app.announce(this.t(`queue.put_down`));break;default:return}e.preventDefault(),e.stopPropagation()}carryTo(e){let{carry:t}=this;if(!t)return;let n=this.rowsOf(t.list),r=Math.min(n.length-1,Math.max(0,e));r!==t.to&&(this.carry={...t,to:r},this.app.announce(this.t(`queue.moved`,{name:this.rowName(n[t.from]),place:r+1,count:n.length})),this.updateComplete.then(()=>this.renderRoot.querySelector(`.handle[aria-pressed=true]`)?.focus()))}drop(){let{carry:e}=this;this.carry=null,e&&this.move(e.list,e.from,e.to)}rowName(e){return e.jobs.length>1?e.jobs[0].name:w(this.app,e.jobs[0])}onHandleDown(e,t,n){if(customElements.get(`ha-sortable`)||e.button!==0||!this.canAct)return;e.preventDefault(),this.carry={list:t,from:n,to:n};let r=e=>{let n=[...this.renderRoot.querySelectorAll(`[data-list="${t}"] > li`)],r=n.findIndex(t=>e.clientY<t.getBoundingClientRect().bottom);this.carryTo(r<0?n.length-1:r)},i=e=>{document.removeEventListener(`pointermove`,r),document.removeEventListener(`pointerup`,a),document.removeEventListener(`pointercancel`,o),this.endPointer=void 0,e?this.drop():this.carry=null},a=()=>i(!0),o=()=>i(!1);this.endPointer=o,document.addEventListener(`pointermove`,r),document.addEventListener(`pointerup`,a),document.addEventListener(`pointercancel`,o)}target(e){return e.printed_on??p(this.app,this.state.targets,e.target,e.target_name)}row(e,t=!1){let n=e.jobs[0];return m`<bvp-queue-row
.app=${this.app}
.actions=${this.actions}
.jobs=${e.jobs}
.target=${this.target(n)}
.inner=${t}
.expanded=${e.jobs.length>1&&this.open.has(n.archive_id)}
.disabled=${!this.canAct}
@open=${()=>this.app.go(`queue`,n.id,this.query)}
@expand=${()=>{let e=new Set(this.open);e.delete(n.archive_id)||e.add(n.archive_id),this.open=e}}
></bvp-queue-row>`}item(e,t,n,i,a){let o=this.carry?.list===t&&this.carry.to===n,s=e.jobs.length>1&&this.open.has(e.jobs[0].archive_id),c=i&&y(`work`,e.jobs);return m`<li class=${o?`item carried`:`item`}>
<div class=${i?`line movable`:`line`}>
${i&&!c?m`<span></span>`:b}
${c?m`<button
type="button"
class="handle"
aria-pressed=${o}
aria-label=${this.t(`queue.handle`,{name:this.rowName(e)})}
title=${this.t(`queue.handle_hint`)}
?disabled=${!this.canAct}
@keydown=${e=>this.onHandleKey(e,t,n)}
@pointerdown=${e=>this.onHandleDown(e,t,n)}
>
${l(`mdi:drag-horizontal-variant`)}
</button>`:b}
${this.row(e,a)}
</div>
${s?this.list(`${t}-${e.key}`,r(e),i,!0):b}
</li>`}list(e,t,n,r=!1){this.shownRows.set(e,t);let i=n&&t.length>1,{carry:a}=this,o=a?.list===e&&t[a.from]?Oe(t,a.from,a.to):t,s=m`<ul class=${r?`plates`:`rows card`} data-list=${e}>
${D(o,e=>e.key,(t,n)=>this.item(t,e,n,i,r))}
</ul>`;return i?ue(s,{disabled:!this.canAct||a!==null,handle:`.handle`,item:`.item`,onMove:(t,n)=>this.move(e,t,n)}):s}lanesOf(e){let{targets:t,printers:n}=this.state;return ut(e,t,n,this.apart).filter(({id:e})=>!this.filter||e===this.filter)}lanesPart(e,t){return m`<bvp-queue-lanes
.app=${this.app}
.actions=${this.actions}
.state=${this.state}
.lanes=${e}
.narrowed=${t}
.disabled=${!this.canAct}
.narrow=${this.narrow}
@open=${e=>this.app.go(`queue`,e.detail,this.query)}
></bvp-queue-lanes>`}section(e,t){if(!t.length)return b;let n=t.reduce((e,t)=>e+t.jobs.length,0);return m`<section aria-labelledby=${e}>
<div class="heading">
<h2 id=${e}>
${this.t(`queue.section_${e}`)}
<span class="secondary small">${this.app.format.number(n)}</span>
</h2>
</div>
${this.list(e,t,e!==`now`)}
</section>`}summary(e){let{format:t}=this.app,{seconds:r,grams:i}=n(e),a=this.state.forecast.done_at,o=[this.t(`queue.jobs`,{count:e.length}),r?t.duration(r):``,i?t.weight(i):``,a&&!this.filter&&!this.person&&!this.instance?this.t(`queue.done_at`,{time:t.moment(a)}):``];return m`<p class="secondary">${o.filter(Boolean).join(` · `)}</p>`}get filter(){return this.route.query.get(`printer`)??``}get person(){return this.route.query.get(`person`)??``}get instance(){return this.route.query.get(`instance`)??``}instancePart(){return we(this.app,this.state.options,this.instance,e=>this.app.go(`queue`,null,{...this.query,instance:e},!0))}filterPart(){let{targets:e,queue:t}=this.state,n=Ae(t).map(n=>{let r=t.find(e=>e.target===n)?.target_name??null;return[n,p(this.app,e,n,r)]});return this.filter&&!n.some(([e])=>e===this.filter)&&n.push([this.filter,p(this.app,e,this.filter,null)]),n.length<2?b:this.choice(`printer`,this.t(`queue.filter`),this.t(`queue.filter_all`),n)}personPart(){let e=Le([...this.state.queue,...this.history]);return!e.size&&!this.person?b:!e.has(this.person)&&this.person?this.choice(`person`,this.t(`common.person`),this.t(`common.everybody`),[...e,[this.person,`…`]]):this.choice(`person`,this.t(`common.person`),this.t(`common.everybody`),[...e])}choice(e,t,n,r){let i=this.route.query.get(e)??``;return m`<select
aria-label=${t}
@change=${t=>{let{value:n}=t.target;this.app.go(`queue`,null,{...this.query,[e]:n},!0)}}
>
<option value="" ?selected=${!i}>${n}</option>
${r.map(([e,t])=>m`<option value=${e} ?selected=${e===i}>${t}</option>`)}
</select>`}past(e){let{app:t}=this,n=e.state===`completed`?``:B(t,e),r=e.verbs.includes(`retry`);return m`<li class="past">
<span class=${e.state}>${l(ht[e.state]??`mdi:history`)}</span>
<span class="words">
<a
href=${t.url(`queue`,e.id)}
@click=${n=>i(n,()=>t.go(`queue`,e.id,this.query))}
>${w(t,e)}</a
>
<span class="secondary"
>${[t.say(e.status),n,z(t,e),e.printed_on,e.sender,e.instance].filter(Boolean).join(` · `)}</span
>
</span>
${e.finished_at?m`<time class="secondary small" datetime=${e.finished_at}
>${t.format.moment(e.finished_at)}</time
>`:m`<span></span>`}
<bvp-menu
.app=${t}
.label=${this.t(`queue.more`,{name:w(t,e)})}
.items=${[(r||y(`decide`,[e]))&&{label:this.t(r?`queue.verb_retry`:`queue.again`),icon:r?`mdi:refresh`:`mdi:repeat`,disabled:!this.canAct,onClick:()=>r?this.actions.choose(`retry`,[e]):void this.actions.again(e)},...R(t,this.actions,e,!this.canAct),{label:this.t(`queue.open_archive`),icon:`mdi:archive`,onClick:()=>t.go(`archive`,e.archive_id)},e.download!==null&&{label:this.t(`queue.download`),icon:`mdi:download`,href:e.download,download:!0}]}
></bvp-menu>
</li>`}failedPart(e){return e.length?m`<section aria-labelledby="failed">
<div class="heading">
<h2 id="failed">
${this.t(`queue.section_failed`)}
<span class="secondary small">${this.app.format.number(e.length)}</span>
</h2>
${e.length>1?f({label:this.t(`queue.retry_all`),icon:`mdi:refresh`,look:`plain`,disabled:!this.canAct,onClick:()=>this.actions.choose(`retry`,e)}):b}
</div>
${this.list(`failed`,e.map(e=>({key:e.id,jobs:[e]})),!1)}
</section>`:b}historyPart(e){if(!e.length)return b;let t=this.historyWhole?e:e.slice(0,pt),n=t.length<e.length||this.historyWhole&&this.cursor!==null;return m`<section aria-labelledby="history">
<div class="heading">
<h2 id="history">
${this.t(`queue.section_history`)}
<span class="secondary small">${this.app.format.number(this.historyTotal)}</span>
</h2>
</div>
<ul class="rows card">
${D(t,e=>e.id,e=>this.past(e))}
</ul>
${n?m`<div class="more">
${f({label:this.t(`queue.history_more`),look:`plain`,onClick:()=>void this.moreHistory()})}
</div>`:b}
</section>`}dialog(){let{app:e,actions:t,asked:n}=this,r=()=>this.asked=null;switch(n?.kind){case`fail`:return m`<bvp-queue-fail
.app=${e}
.actions=${t}
.jobs=${n.jobs}
@closed=${r}
></bvp-queue-fail>`;case`confirm`:return m`<bvp-queue-confirm
.app=${e}
.actions=${t}
.jobs=${n.jobs}
.verb=${n.verb}
@closed=${r}
></bvp-queue-confirm>`;case`edit`:return m`<bvp-queue-edit
.app=${e}
.actions=${t}
.jobs=${n.jobs}
.only=${n.part}
.targets=${this.state.targets}
@closed=${r}
></bvp-queue-edit>`}let{id:i}=this.route,a=i&&(this.state.queue.find(e=>e.id===i)??this.elsewhere);return a?m`<bvp-queue-job
.app=${e}
.actions=${t}
.job=${a}
.targets=${this.state.targets}
.printers=${this.state.printers}
.disabled=${!this.canAct}
@closed=${this.leave}
></bvp-queue-job>`:b}render(){let e=ve(_t,this.route,vt),{filter:t,person:n,instance:r}=this,i=n!==``||r!==``,a=xe(Fe(Ie(this.state.queue,t),n),r),o=Ie(this.history,t).filter(e=>!this.state.queue.some(t=>t.id===e.id)),s=Pe(o,Date.now()),c=e===`lanes`?this.lanesOf(a):[],l=ze(a,this.apart);return this.shownRows=new Map,m`<div>
<div class="top">
${a.length?this.summary(a):m`<span></span>`}
<div class="tools">
${this.filterPart()} ${this.personPart()} ${this.instancePart()}
${ye(this.app,_t,e,e=>{te(vt,e),this.app.go(`queue`,null,{...this.query,view:e},!0)})}
${f({label:this.t(`queue.from_archive`),icon:`mdi:plus`,onClick:()=>this.app.go(`archive`)})}
</div>
</div>
${c.length?this.lanesPart(c,i):a.length?Re.map(e=>this.section(e,l[e])):pe(`mdi:playlist-check`,this.t(i?`queue.empty_match`:t?`queue.empty_filter`:`queue.empty`),t||i?f({label:this.t(i?`archive.clear`:`queue.filter_all`),onClick:()=>this.app.go(`queue`,null,{},!0)}):b)}
${this.failedPart(s)}
${this.historyPart(o.filter(e=>!s.includes(e)))}
</div>
${this.dialog()} ${this.judging.render()}`}};s([a()],$.prototype,`asked`,void 0),s([a()],$.prototype,`open`,void 0),s([a()],$.prototype,`apart`,void 0),s([a()],$.prototype,`carry`,void 0),s([a()],$.prototype,`history`,void 0),s([a()],$.prototype,`historyTotal`,void 0),s([a()],$.prototype,`historyWhole`,void 0),s([a()],$.prototype,`elsewhere`,void 0),$=s([c(`bvp-queue`)],$);export{$ as BvpQueue};