import{$ as e,M as t,N as n,O as r,P as i,Q as a,V as o,W as s,X as c,Z as l,ct as u,d,dt as f,f as p,ht as m,n as h,ot as g,p as _,t as v,ut as y}from"./shared-DPcjTYk3.js";import{S as b,i as x,v as S,w as C,y as w}from"./parts-Cz-8z18p.js";import{i as T,n as E,r as D}from"./archive-days-D9AvCgVq.js";var O=3600,k=class extends v{constructor(...e){super(...e),this.targets=[],this.isInvalid=!1,this.close=()=>this.dispatchEvent(new CustomEvent(`closed`))}static{this.styles=[_,C]}input(e){return this.renderRoot.querySelector(`#${e}`)}limit(e){let{value:t}=this.input(e);return t===``?null:Number(t)}save(){if(this.isInvalid=![`grams`,`hours`].every(e=>this.input(e).checkValidity()),this.isInvalid)return;let e=this.renderRoot.querySelectorAll(`[name=printer]:checked`),t={reviewed:this.input(`reviewed`).checked,tags:this.input(`tags`).value.split(`,`).map(e=>e.trim()).filter(Boolean),machine_ids:[...e].map(e=>e.value),grams_per_month:this.limit(`grams`),hours_per_month:this.limit(`hours`)};this.dispatchEvent(new CustomEvent(`save`,{detail:t}))}amount(e,t){return u`<div class="field">
<label for=${e}>${this.t(`person.${e}`)}</label>
<input
id=${e}
type="number"
inputmode="decimal"
min="0"
max="1000000"
step="any"
.value=${t===null?``:String(t)}
aria-describedby="${e}-help"
/>
<span id="${e}-help" class="small secondary">${this.t(`person.limit_help`)}</span>
</div>`}printers(){let e=this.targets.filter(e=>e.kind===`printer`);return e.length?u`<fieldset aria-describedby="printers-help">
<legend>${this.t(`person.printers`)}</legend>
${e.map(e=>u`<label class="choice">
<input
type="checkbox"
name="printer"
value=${e.id}
.checked=${this.person.machine_ids.includes(e.id)}
/>
${e.name}
</label>`)}
<span id="printers-help" class="small secondary">${this.t(`person.printers_help`)}</span>
</fieldset>`:g}render(){let{person:e}=this;return u`<bvp-dialog
.app=${this.app}
.heading=${`${e.name} · ${e.printer}`}
@closed=${this.close}
>
<label class="choice">
<input id="reviewed" type="checkbox" .checked=${e.reviewed} />
${this.t(`person.reviewed`)}
</label>
${this.printers()} ${this.amount(`grams`,e.limit_g)}
${this.amount(`hours`,e.limit_s===null?null:e.limit_s/O)}
<div class="field">
<label for="tags">${this.t(`person.tags`)}</label>
<input id="tags" .value=${e.tags.join(`, `)} aria-describedby="tags-help" />
<span id="tags-help" class="small secondary">${this.t(`notes.tags_help`)}</span>
</div>
${this.isInvalid?u`<p role="alert">${this.t(`person.invalid`)}</p>`:g}
<span slot="actions">
${l({label:this.t(`common.cancel`),look:`plain`,onClick:this.close})}
${l({label:this.t(`common.save`),look:`primary`,onClick:()=>this.save()})}
</span>
</bvp-dialog>`}};r([n({attribute:!1})],k.prototype,`person`,void 0),r([n({attribute:!1})],k.prototype,`targets`,void 0),r([t()],k.prototype,`isInvalid`,void 0),k=r([i(`bvp-person-dialog`)],k);var A=[`prints`,`print_time_s`,`filament_g`,`cost`,`energy_kwh`,`energy_cost`,`files`],j=[`cost`,`energy_kwh`,`energy_cost`];function M(e){return A.filter(t=>!j.includes(t)||e.some(e=>e[t]))}var N={files:0,prints:0,failed:0,print_time_s:0,filament_g:0,cost:0,judged_good:0,judged_failed:0,energy_kwh:0,energy_cost:0};function P(e){let t={...N};for(let n of e)for(let e of Object.keys(N))t[e]+=n[e];return t}function F({prints:e,failed:t,judged_failed:n}){let r=Math.max(0,e-n);return e+t?r/(e+t)*100:null}function I(e){if(!(e>0))return 1;let t=10**Math.floor(Math.log10(e));return([1,2,5,10].find(n=>n*t>=e*(1-1e-9))??10)*t}function L(e){return e===`space`?1e6:e===`print_time_s`?3600:1}var R=[`day`,`week`,`month`],z=[`materials`,`printers`,`projects`,`people`],B=`storage_used`,V=`bvp-stats-by`,H={width:1080,narrow:340,height:240,left:64,bottom:28,top:12},U=6,W=class extends h{constructor(...e){super(...e),this.by=G(),this.metric=`prints`,this.page=null,this.people=null,this.space=new Map,this.error=null,this.changing=null,this.asked=``,this.round=0}static{this.styles=[_,C,p,w,f`
:host{display:block;width:100%;max-width:1200px;margin:0 auto;padding:16px var(--bvp-gutter,16px) 32px}.tools{display:flex;flex-wrap:wrap;gap:8px 24px;justify-content:space-between;margin-bottom:16px}.month{display:flex;align-items:center}.month span{min-width:132px;text-align:center}.turn:dir(rtl) .icon{transform:scaleX(-1)}.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(166px,1fr));gap:12px}.tile{display:grid;grid-template-columns:auto 1fr;align-items:center;gap:0 12px;padding:12px 16px}.tile .icon{--mdc-icon-size:24px;grid-row:1 / 3;width:24px;height:24px;color:var(--secondary-text-color)}.tile dd{grid-column:2;grid-row:1;margin:0;font-size:var(--ha-font-size-xl,20px);line-height:1.3}.tile dt{grid-column:2;color:var(--secondary-text-color);font-size:var(--ha-font-size-s,12px)}dl{margin:0}section{margin-top:16px}section.card,.groups .card{padding:16px}h2{margin-bottom:12px}svg{display:block;width:100%;height:auto;max-height:320px}.bar{fill:var(--primary-color)}.bar.failed{fill:none;stroke:var(--error-color);stroke-width:2}.grid{stroke:var(--divider-color)}svg text{fill:var(--secondary-text-color);font-size:12px}.legend{display:flex;flex-wrap:wrap;gap:4px 16px;margin-top:8px}.key{display:inline-flex;align-items:center;gap:6px}.key i{width:12px;height:12px;background:var(--primary-color)}.key i.failed{border:2px solid var(--error-color);background:none}.scroll{overflow-x:auto}table{width:100%;border-collapse:collapse}th,td{padding:6px 8px;border-bottom:1px solid var(--divider-color);text-align:end}td{white-space:nowrap}thead th{vertical-align:bottom}tbody th{min-width:96px;overflow-wrap:anywhere}th{color:var(--secondary-text-color);font-weight:var(--ha-font-weight-medium,500)}th:first-child,td:first-child{text-align:start}tbody th{color:inherit;font-weight:inherit}tbody tr:last-child > *{border-bottom:0}.person{display:flex;align-items:center;justify-content:space-between;gap:8px}.limits li{display:grid;gap:4px;padding:8px 0}.groups{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,500px),1fr));gap:16px}.groups.wide{grid-template-columns:minmax(0,1fr)}`]}willUpdate(e){let{stats:t}=this.state,n=t&&[t.ever_archived,t.printed,t.queued,t.active].join(),{month:r}=this;(e.has(`by`)||n!==this.made||r!==this.asked)&&(this.made=n,this.asked=r,this.load())}async load(){let e=++this.round;this.error=null;let t=await m(Promise.all([this.app.api.stats(this.period,...this.month?E(this.month,this.today):[]),this.app.api.people()]),e=>{this.page?this.app.toast(this.app.sayError(e)):this.error=e});if(!t||e!==this.round)return;[this.page,this.people]=t;let n=this.page.series[0]?.start,r=n?await this.app.recorded(B,n,this.period):new Map;e===this.round&&(this.space=r)}get month(){let e=this.route.query.get(`month`)??``;return D(e)?e:``}get today(){return this.app.format.countedDay()}get period(){return this.month?`day`:this.by}choose(e){this.by=e,s(V,e),this.month&&this.app.go(`stats`,null,{},!0)}lookAt(e){this.app.go(`stats`,null,{month:e},!0)}value(e,t){let{format:n}=this.app;switch(e){case`space`:return n.bytes(t);case`print_time_s`:return n.duration(t);case`filament_g`:return n.weight(t);case`cost`:case`energy_cost`:return n.money(t);case`energy_kwh`:return n.energy(t);default:return n.number(t)}}name(e){return this.t(`stats.${e}`)}begin(e){let{format:t}=this.app;return this.period===`month`?t.month(e):t.day(e)}tile(e,t,n){return u`<dl class="card tile">${a(e)}
<dt>${t}</dt>
<dd>${n}</dd></dl>`}tiles(e){let{format:t}=this.app,{stats:n}=this.state,r=F(e);return u`<div class="tiles">
${this.tile(`mdi:file-outline`,this.name(`files`),t.number(e.files))}
${this.tile(`mdi:check-circle-outline`,this.name(`prints`),t.number(e.prints))}
${this.tile(`mdi:percent-circle-outline`,this.t(`stats.success`),r===null?`–`:t.percent(r))}
${this.tile(`mdi:timer-outline`,this.name(`print_time_s`),t.duration(e.print_time_s))}
${this.tile(`mdi:weight-gram`,this.name(`filament_g`),t.weight(e.filament_g))}
${e.cost?this.tile(`mdi:cash`,this.name(`cost`),t.money(e.cost)):g}
${e.judged_good||e.judged_failed?[this.tile(`mdi:thumb-up-outline`,this.t(`stats.judged_good`),t.number(e.judged_good)),this.tile(`mdi:thumb-down-outline`,this.t(`stats.judged_failed`),t.number(e.judged_failed))]:g}
${[`energy_kwh`,`energy_cost`].map(t=>e[t]?this.tile(`mdi:lightning-bolt-outline`,this.name(t),this.value(t,e[t])):g)}
${n?u`${this.tile(`mdi:archive-outline`,this.t(`stats.archived`),this.t(`stats.archived_size`,{count:n.archives,size:t.bytes(n.archive_bytes)}))}
${this.tile(n.storage_low?`mdi:alert-circle-outline`:`mdi:harddisk`,this.t(n.storage_low?`stats.disk_low`:`stats.disk`),t.bytes(n.free_bytes))}`:g}
</div>`}chart(e){let{metric:t}=this,{series:n}=e,r=t===`prints`,i=L(t),a=n.map(e=>t===`space`?this.space.get(e.start)??0:e[t]),o=a.map(e=>e/i),s=n.map(e=>r?e.failed:0),c=I(Math.max(t===`prints`||t===`files`?2:0,...o.map((e,t)=>e+s[t]))),{height:l,left:d,bottom:f,top:p}=H,m=this.narrow?H.narrow:H.width,h=l-f-p,_=(m-d)/Math.max(1,n.length),v=Math.min(48,_*.6),b=e=>p+h-e/c*h,x=Math.ceil(n.length/(this.narrow?U/2:U)),S=this.t(`stats.chart`,{what:this.name(t)});return u`<svg viewBox="0 0 ${m} ${l}" role="img" aria-label=${S}>
${[0,c/2,c].map(e=>y`<line class="grid" x1=${d} x2=${m} y1=${b(e)} y2=${b(e)}></line>
<text x=${d-8} y=${b(e)+4} text-anchor="end">${this.value(t,e*i)}</text>`)}
${n.map((e,n)=>{let r=d+_*n+(_-v)/2,i=o[n],c=s[n];return y`<g>
<title>${this.begin(e.start)}: ${this.value(t,a[n])}</title>
${i>0?y`<rect class="bar" x=${r} y=${b(i)} width=${v} height=${b(0)-b(i)} rx="3"></rect>`:g}
${c>0?y`<rect class="bar failed" x=${r+1} y=${b(i+c)+1} width=${v-2} height=${Math.max(1,b(i)-b(i+c)-3)} rx="3"></rect>`:g}
${n%x===0?y`<text x=${r+v/2} y=${l-8} text-anchor="middle">${this.begin(e.start)}</text>`:g}
</g>`})}
</svg>
${r?u`<div class="legend small" aria-hidden="true">
<span class="key"><i></i>${this.name(`prints`)}</span>
<span class="key"><i class="failed"></i>${this.t(`stats.failed`)}</span>
</div>`:g}
${t===`space`?u`<p class="small secondary">${this.t(`stats.space_kept`)}</p>`:g}
<details>
<summary>${this.t(`stats.table`)}</summary>
${this.table(this.t(`stats.by_${this.period}`),n.map(e=>[this.begin(e.start),e]),!0)}
</details>`}table(e,t,n){let r=t.map(([,e])=>e),i=[`judged_good`,`judged_failed`].filter(e=>r.some(t=>t[e])),a=M(r).filter(e=>e!==`files`||n).flatMap(e=>e===`prints`?[e,`failed`,...i]:[e]),o=(e,t)=>A.includes(e)?this.value(e,t[e]):this.app.format.number(t[e]);return u`<div class="scroll" tabindex="0" role="region" aria-label=${e}>
<table>
<thead>
<tr>
<th scope="col">${e}</th>
${a.map(e=>u`<th scope="col">${this.t(`stats.${e}`)}</th>`)}
</tr>
</thead>
<tbody>
${t.map(([e,t])=>u`<tr>
<th scope="row">${e}</th>
${a.map(e=>u`<td>${o(e,t)}</td>`)}
</tr>`)}
</tbody>
</table>
</div>`}monthPart(t){let n=n=>e({label:this.t(n<0?`archive.month_before`:`archive.month_after`),icon:n<0?`mdi:chevron-left`:`mdi:chevron-right`,class:`turn`,disabled:n>0&&t>=this.today.slice(0,7),onClick:()=>this.lookAt(T(t,n))}),r=this.app.format.monthName(new Date(`${t}-01T00:00:00Z`));return u`<div class="month">
${n(-1)}<span aria-live="polite">${r}</span>${n(1)}
</div>`}groups(e){let t=z.filter(t=>e.groups[t].length),n=e.series.some(e=>e.energy_kwh||e.judged_good||e.judged_failed);return u`<section class=${n?`groups wide`:`groups`}>
${t.map(t=>u`<div class="card">
<h2>${this.t(`stats.of_${t}`)}</h2>
${this.table(this.t(`stats.one_of_${t}`),e.groups[t].map(e=>[e.value||this.t(`stats.none_of_${t}`),e]),!1)}
</div>`)}
</section>`}limits(){let{app:t,people:n}=this,r=(n?.people??[]).filter(e=>t.isAdmin||e.limit_g!==null||e.limit_s!==null);return!n||!r.length?g:u`<section class="card limits" aria-labelledby="limits">
<div class="tools">
<h2 id="limits">${this.t(`stats.limits`)}</h2>
${t.isAdmin?l({label:this.t(`stats.people_manage`),look:`plain`,onClick:()=>t.visit(x)}):g}
</div>
<ul>
${r.map(n=>u`<li>
<div class="person">
<span>${n.name} <span class="secondary">· ${n.printer}</span></span>
${t.isAdmin?e({icon:`mdi:pencil-outline`,label:this.t(`person.change`,{name:n.name}),onClick:()=>this.changing=n}):g}
</div>
${this.limit(n,`filament_g`,n.limit_g)}
${this.limit(n,`print_time_s`,n.limit_s)}
</li>`)}
</ul>
<p class="secondary">
${this.t(`stats.limits_until`,{date:t.format.day(t.format.countedDay(n.renews_at))})}
</p>
${this.changing?u`<bvp-person-dialog
.app=${t}
.person=${this.changing}
.targets=${this.state.targets}
@closed=${()=>this.changing=null}
@save=${e=>this.change(e.detail)}
></bvp-person-dialog>`:g}
</section>`}async change(e){let t=this.changing.person_id;await this.app.attempt(this.app.api.changePerson(t,e))&&(this.changing=null,await this.load())}limit(e,t,n){if(n===null)return g;let r=this.t(`stats.used_of`,{used:this.value(t,e[t]),limit:this.value(t,n)}),i=n?Math.min(100,e[t]/n*100):100;return u`${d(i,`${e.name}: ${this.name(t)}`,r)}
<span class="small secondary">${r}</span>`}choices(e,t,n,r,i){return u`<div class="chips" role="group" aria-label=${e}>
${t.map(e=>u`<button
type="button"
class="choose"
aria-pressed=${e===n}
@click=${()=>i(e)}
>
${r(e)}
</button>`)}
</div>`}render(){let{page:e}=this,{stats:t}=this.state;return this.error?c(`error`,this.app.sayError(this.error),l({label:this.t(`archive.retry`),look:`plain`,onClick:()=>void this.load()})):e?!t?.ever_archived&&!e.groups.materials.length?b(`mdi:chart-bar`,this.t(`stats.empty`)):u`<div class="tools">
${this.choices(this.t(`stats.period`),[...R,`one`],this.month?`one`:this.by,e=>this.t(e===`one`?`stats.one_month`:`stats.last_${e}`),e=>e===`one`?this.lookAt(this.today.slice(0,7)):this.choose(e))}
${this.month?this.monthPart(this.month):g}
</div>
${this.tiles(P(e.series))} ${this.limits()}
<section class="card">
<div class="tools">
${this.choices(this.t(`stats.what`),[...M(e.series),...this.space.size?[`space`]:[]],this.metric,e=>this.name(e),e=>this.metric=e)}
</div>
${this.chart(e)}
</section>
${this.groups(e)}`:S(`stats`)}};r([t()],W.prototype,`by`,void 0),r([t()],W.prototype,`metric`,void 0),r([t()],W.prototype,`page`,void 0),r([t()],W.prototype,`people`,void 0),r([t()],W.prototype,`space`,void 0),r([t()],W.prototype,`error`,void 0),r([t()],W.prototype,`changing`,void 0),W=r([i(`bvp-stats`)],W);function G(){let e=o(V);return R.includes(e)?e:`week`}export{W as BvpStats};