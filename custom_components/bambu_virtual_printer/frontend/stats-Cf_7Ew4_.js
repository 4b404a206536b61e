import{A as e,D as t,E as n,H as r,L as i,M as a,O as o,V as s,d as c,g as l,j as u,l as d,u as f,z as p}from"./shared-BFhIT7mv.js";import{t as m}from"./links-B2WP-_Kv.js";import{n as h,t as g}from"./element-D271PFGM.js";import{t as _}from"./empty-D-Lo28Ml.js";import"./dialog-BfpsXnX1.js";import{t as v}from"./form-D0_XY3rb.js";import{i as y,s as b}from"./router-eVik0JGx.js";var x=3600,S=class extends g{constructor(...e){super(...e),this.targets=[],this.isInvalid=!1,this.close=()=>this.dispatchEvent(new CustomEvent(`closed`))}static{this.styles=[c,v]}input(e){return this.renderRoot.querySelector(`#${e}`)}limit(e){let{value:t}=this.input(e);return t===``?null:Number(t)}save(){if(this.isInvalid=![`grams`,`hours`].every(e=>this.input(e).checkValidity()),this.isInvalid)return;let e=this.renderRoot.querySelectorAll(`[name=printer]:checked`),t={reviewed:this.input(`reviewed`).checked,tags:this.input(`tags`).value.split(`,`).map(e=>e.trim()).filter(Boolean),machine_ids:[...e].map(e=>e.value),grams_per_month:this.limit(`grams`),hours_per_month:this.limit(`hours`)};this.dispatchEvent(new CustomEvent(`save`,{detail:t}))}amount(e,t){return p`<div class="field">
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
</div>`}printers(){let e=this.targets.filter(e=>e.kind===`printer`);return e.length?p`<fieldset aria-describedby="printers-help">
<legend>${this.t(`person.printers`)}</legend>
${e.map(e=>p`<label class="choice">
<input
type="checkbox"
name="printer"
value=${e.id}
.checked=${this.person.machine_ids.includes(e.id)}
/>
${e.name}
</label>`)}
<span id="printers-help" class="small secondary">${this.t(`person.printers_help`)}</span>
</fieldset>`:i}render(){let{person:t}=this;return p`<bvp-dialog
.app=${this.app}
.heading=${`${t.name} · ${t.printer}`}
@closed=${this.close}
>
<label class="choice">
<input id="reviewed" type="checkbox" .checked=${t.reviewed} />
${this.t(`person.reviewed`)}
</label>
${this.printers()} ${this.amount(`grams`,t.limit_g)}
${this.amount(`hours`,t.limit_s===null?null:t.limit_s/x)}
<div class="field">
<label for="tags">${this.t(`person.tags`)}</label>
<input id="tags" .value=${t.tags.join(`, `)} aria-describedby="tags-help" />
<span id="tags-help" class="small secondary">${this.t(`notes.tags_help`)}</span>
</div>
${this.isInvalid?p`<p role="alert">${this.t(`person.invalid`)}</p>`:i}
<span slot="actions">
${e({label:this.t(`common.cancel`),look:`plain`,onClick:this.close})}
${e({label:this.t(`common.save`),look:`primary`,onClick:()=>this.save()})}
</span>
</bvp-dialog>`}};l([t({attribute:!1})],S.prototype,`person`,void 0),l([t({attribute:!1})],S.prototype,`targets`,void 0),l([n()],S.prototype,`isInvalid`,void 0),S=l([o(`bvp-person-dialog`)],S);var C=[`prints`,`print_time_s`,`filament_g`,`cost`,`energy_kwh`,`energy_cost`,`files`],w=[`cost`,`energy_kwh`,`energy_cost`];function T(e){return C.filter(t=>!w.includes(t)||e.some(e=>e[t]))}var E={files:0,prints:0,failed:0,print_time_s:0,filament_g:0,cost:0,judged_good:0,judged_failed:0,energy_kwh:0,energy_cost:0};function D(e){let t={...E};for(let n of e)for(let e of Object.keys(E))t[e]+=n[e];return t}function O({prints:e,failed:t,judged_failed:n}){let r=Math.max(0,e-n);return e+t?r/(e+t)*100:null}function k(e){if(!(e>0))return 1;let t=10**Math.floor(Math.log10(e));return([1,2,5,10].find(n=>n*t>=e*(1-1e-9))??10)*t}function A(e){return e===`print_time_s`?3600:1}function j(e){return new Date(`${e}T12:00:00`)}var M=[`day`,`week`,`month`],N=[`materials`,`printers`,`projects`,`people`],P=`bvp-stats-by`,F={width:1080,narrow:340,height:240,left:64,bottom:28,top:12},I=6,L=class extends h{constructor(...e){super(...e),this.by=R(),this.metric=`prints`,this.page=null,this.people=null,this.changing=null,this.round=0}static{this.styles=[c,v,f,r`
:host{display: block;width: 100%;max-width: 1200px;margin: 0 auto;padding: 16px var(--bvp-gutter,16px) 32px;}.tools{display: flex;flex-wrap: wrap;gap: 8px 24px;justify-content: space-between;margin-bottom: 16px;}.tiles{display: grid;grid-template-columns: repeat(auto-fit,minmax(166px,1fr));gap: 12px;}.tile{display: grid;grid-template-columns: auto 1fr;align-items: center;gap: 0 12px;padding: 12px 16px;}.tile .icon{--mdc-icon-size: 24px;grid-row: 1 / 3;width: 24px;height: 24px;color: var(--secondary-text-color);}.tile dd{grid-column: 2;grid-row: 1;margin: 0;font-size: var(--ha-font-size-xl,20px);line-height: 1.3;}.tile dt{grid-column: 2;color: var(--secondary-text-color);font-size: var(--ha-font-size-s,12px);}dl{margin: 0;}section{margin-top: 16px;}section.card,.groups .card{padding: 16px;}h2{margin-bottom: 12px;}svg{display: block;width: 100%;height: auto;max-height: 320px;}.bar{fill: var(--primary-color);}.bar.failed{fill: none;stroke: var(--error-color);stroke-width: 2;}.grid{stroke: var(--divider-color);}svg text{fill: var(--secondary-text-color);font-size: 12px;}.legend{display: flex;flex-wrap: wrap;gap: 4px 16px;margin-top: 8px;}.key{display: inline-flex;align-items: center;gap: 6px;}.key i{width: 12px;height: 12px;background: var(--primary-color);}.key i.failed{border: 2px solid var(--error-color);background: none;}.scroll{overflow-x: auto;}table{width: 100%;border-collapse: collapse;}th,td{padding: 6px 8px;border-bottom: 1px solid var(--divider-color);text-align: end;}td{white-space: nowrap;}thead th{vertical-align: bottom;}tbody th{min-width: 96px;overflow-wrap: anywhere;}th{color: var(--secondary-text-color);font-weight: var(--ha-font-weight-medium,500);}th:first-child,td:first-child{text-align: start;}tbody th{color: inherit;font-weight: inherit;}tbody tr:last-child > *{border-bottom: 0;}.person{display: flex;align-items: center;justify-content: space-between;gap: 8px;}.limits li{display: grid;gap: 4px;padding: 8px 0;}.groups{display: grid;grid-template-columns: repeat(auto-fit,minmax(min(100%,500px),1fr));gap: 16px;}.groups.wide{grid-template-columns: minmax(0,1fr);}`]}willUpdate(e){let{stats:t}=this.state,n=t&&[t.ever_archived,t.printed,t.queued,t.active].join();(e.has(`by`)||n!==this.made)&&(this.made=n,this.load())}async load(){let e=++this.round,t=await this.app.attempt(Promise.all([this.app.api.stats(this.by),this.app.api.people()]));t&&e===this.round&&([this.page,this.people]=t)}choose(e){this.by=e,b(P,e)}value(e,t){let{format:n}=this.app;switch(e){case`print_time_s`:return n.duration(t);case`filament_g`:return n.weight(t);case`cost`:case`energy_cost`:return n.money(t);case`energy_kwh`:return n.energy(t);default:return n.number(t)}}name(e){return this.t(`stats.${e}`)}period(e){let{format:t}=this.app;return this.by===`month`?t.month(j(e)):t.date(j(e))}tile(e,t,n){return p`<dl class="card tile">${u(e)}
<dt>${t}</dt>
<dd>${n}</dd></dl>`}tiles(e){let{format:t}=this.app,{stats:n}=this.state,r=O(e);return p`<div class="tiles">
${this.tile(`mdi:file-outline`,this.name(`files`),t.number(e.files))}
${this.tile(`mdi:check-circle-outline`,this.name(`prints`),t.number(e.prints))}
${this.tile(`mdi:percent-circle-outline`,this.t(`stats.success`),r===null?`–`:t.percent(r))}
${this.tile(`mdi:timer-outline`,this.name(`print_time_s`),t.duration(e.print_time_s))}
${this.tile(`mdi:weight-gram`,this.name(`filament_g`),t.weight(e.filament_g))}
${e.cost?this.tile(`mdi:cash`,this.name(`cost`),t.money(e.cost)):i}
${e.judged_good||e.judged_failed?[this.tile(`mdi:thumb-up-outline`,this.t(`stats.judged_good`),t.number(e.judged_good)),this.tile(`mdi:thumb-down-outline`,this.t(`stats.judged_failed`),t.number(e.judged_failed))]:i}
${[`energy_kwh`,`energy_cost`].map(t=>e[t]?this.tile(`mdi:lightning-bolt-outline`,this.name(t),this.value(t,e[t])):i)}
${n?p`${this.tile(`mdi:archive-outline`,this.t(`stats.archived`),this.t(`stats.archived_size`,{count:n.archives,size:t.bytes(n.archive_bytes)}))}
${this.tile(n.storage_low?`mdi:alert-circle-outline`:`mdi:harddisk`,this.t(n.storage_low?`stats.disk_low`:`stats.disk`),t.bytes(n.free_bytes))}`:i}
</div>`}chart(e){let{metric:t}=this,{series:n}=e,r=t===`prints`,a=A(t),o=n.map(e=>e[t]/a),c=n.map(e=>r?e.failed:0),l=k(Math.max(t===`prints`||t===`files`?2:0,...o.map((e,t)=>e+c[t]))),{height:u,left:d,bottom:f,top:m}=F,h=this.narrow?F.narrow:F.width,g=u-f-m,_=(h-d)/Math.max(1,n.length),v=Math.min(48,_*.6),y=e=>m+g-e/l*g,b=Math.ceil(n.length/(this.narrow?I/2:I)),x=this.t(`stats.chart`,{what:this.name(t)});return p`<svg viewBox="0 0 ${h} ${u}" role="img" aria-label=${x}>
${[0,l/2,l].map(e=>s`<line class="grid" x1=${d} x2=${h} y1=${y(e)} y2=${y(e)}></line>
<text x=${d-8} y=${y(e)+4} text-anchor="end">${this.value(t,e*a)}</text>`)}
${n.map((e,n)=>{let r=d+_*n+(_-v)/2,a=o[n],l=c[n];return s`<g>
<title>${this.period(e.start)}: ${this.value(t,e[t])}</title>
${a>0?s`<rect class="bar" x=${r} y=${y(a)} width=${v} height=${y(0)-y(a)} rx="3"></rect>`:i}
${l>0?s`<rect class="bar failed" x=${r+1} y=${y(a+l)+1} width=${v-2} height=${Math.max(1,y(a)-y(a+l)-3)} rx="3"></rect>`:i}
${n%b===0?s`<text x=${r+v/2} y=${u-8} text-anchor="middle">${this.period(e.start)}</text>`:i}
</g>`})}
</svg>
${r?p`<div class="legend small" aria-hidden="true">
<span class="key"><i></i>${this.name(`prints`)}</span>
<span class="key"><i class="failed"></i>${this.t(`stats.failed`)}</span>
</div>`:i}
<details>
<summary>${this.t(`stats.table`)}</summary>
${this.table(this.t(`stats.by_${this.by}`),n.map(e=>[this.period(e.start),e]),!0)}
</details>`}table(e,t,n){let r=t.map(([,e])=>e),i=[`judged_good`,`judged_failed`].filter(e=>r.some(t=>t[e])),a=T(r).filter(e=>e!==`files`||n).flatMap(e=>e===`prints`?[e,`failed`,...i]:[e]),o=(e,t)=>C.includes(e)?this.value(e,t[e]):this.app.format.number(t[e]);return p`<div class="scroll" tabindex="0" role="region" aria-label=${e}>
<table>
<thead>
<tr>
<th scope="col">${e}</th>
${a.map(e=>p`<th scope="col">${this.t(`stats.${e}`)}</th>`)}
</tr>
</thead>
<tbody>
${t.map(([e,t])=>p`<tr>
<th scope="row">${e}</th>
${a.map(e=>p`<td>${o(e,t)}</td>`)}
</tr>`)}
</tbody>
</table>
</div>`}groups(e){let t=N.filter(t=>e.groups[t].length),n=e.series.some(e=>e.energy_kwh||e.judged_good||e.judged_failed);return p`<section class=${n?`groups wide`:`groups`}>
${t.map(t=>p`<div class="card">
<h2>${this.t(`stats.of_${t}`)}</h2>
${this.table(this.t(`stats.one_of_${t}`),e.groups[t].map(e=>[e.value||this.t(`stats.none_of_${t}`),e]),!1)}
</div>`)}
</section>`}limits(){let{app:t,people:n}=this,r=(n?.people??[]).filter(e=>t.isAdmin||e.limit_g!==null||e.limit_s!==null);return!n||!r.length?i:p`<section class="card limits" aria-labelledby="limits">
<div class="tools">
<h2 id="limits">${this.t(`stats.limits`)}</h2>
${t.isAdmin?e({label:this.t(`stats.people_manage`),look:`plain`,onClick:()=>t.visit(m)}):i}
</div>
<ul>
${r.map(e=>p`<li>
<div class="person">
<span>${e.name} <span class="secondary">· ${e.printer}</span></span>
${t.isAdmin?a({icon:`mdi:pencil-outline`,label:this.t(`person.change`,{name:e.name}),onClick:()=>this.changing=e}):i}
</div>
${this.limit(e,`filament_g`,e.limit_g)}
${this.limit(e,`print_time_s`,e.limit_s)}
</li>`)}
</ul>
<p class="secondary">
${this.t(`stats.limits_until`,{date:t.format.date(n.renews_at)})}
</p>
${this.changing?p`<bvp-person-dialog
.app=${t}
.person=${this.changing}
.targets=${this.state.targets}
@closed=${()=>this.changing=null}
@save=${e=>this.change(e.detail)}
></bvp-person-dialog>`:i}
</section>`}async change(e){let t=this.changing.person_id;await this.app.attempt(this.app.api.changePerson(t,e))&&(this.changing=null,await this.load())}limit(e,t,n){if(n===null)return i;let r=this.t(`stats.used_of`,{used:this.value(t,e[t]),limit:this.value(t,n)}),a=n?Math.min(100,e[t]/n*100):100;return p`${d(a,`${e.name}: ${this.name(t)}`,r)}
<span class="small secondary">${r}</span>`}choices(e,t,n,r,i){return p`<div class="chips" role="group" aria-label=${e}>
${t.map(e=>p`<button
type="button"
class="choose"
aria-pressed=${e===n}
@click=${()=>i(e)}
>
${r(e)}
</button>`)}
</div>`}render(){let{page:e}=this,{stats:t}=this.state;return e?!t?.ever_archived&&!e.groups.materials.length?_(`mdi:chart-bar`,this.t(`stats.empty`)):p`<div class="tools">
${this.choices(this.t(`stats.period`),M,this.by,e=>this.t(`stats.last_${e}`),e=>this.choose(e))}
</div>
${this.tiles(D(e.series))} ${this.limits()}
<section class="card">
<div class="tools">
${this.choices(this.t(`stats.what`),T(e.series),this.metric,e=>this.name(e),e=>this.metric=e)}
</div>
${this.chart(e)}
</section>
${this.groups(e)}`:i}};l([n()],L.prototype,`by`,void 0),l([n()],L.prototype,`metric`,void 0),l([n()],L.prototype,`page`,void 0),l([n()],L.prototype,`people`,void 0),l([n()],L.prototype,`changing`,void 0),L=l([o(`bvp-stats`)],L);function R(){let e=y(P);return M.includes(e)?e:`week`}export{L as BvpStats};