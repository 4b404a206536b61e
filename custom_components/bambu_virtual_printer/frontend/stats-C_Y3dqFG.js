import{B as e,M as t,N as n,Q as r,U as i,X as a,Z as o,at as s,d as c,f as l,j as u,lt as d,n as f,p,st as m,t as h,ut as g,v as _}from"./shared-BqOKua9_.js";import{S as v,i as y,v as b,w as x,y as S}from"./parts-DimmfkN-.js";import{a as C,i as w,r as T}from"./archive-days-BxHGfSNc.js";var E=3600,D=class extends h{constructor(...e){super(...e),this.targets=[],this.isInvalid=!1,this.close=()=>this.dispatchEvent(new CustomEvent(`closed`))}static{this.styles=[p,x]}input(e){return this.renderRoot.querySelector(`#${e}`)}limit(e){let{value:t}=this.input(e);return t===``?null:Number(t)}save(){if(this.isInvalid=![`grams`,`hours`].every(e=>this.input(e).checkValidity()),this.isInvalid)return;let e=this.renderRoot.querySelectorAll(`[name=printer]:checked`),t={reviewed:this.input(`reviewed`).checked,tags:this.input(`tags`).value.split(`,`).map(e=>e.trim()).filter(Boolean),machine_ids:[...e].map(e=>e.value),grams_per_month:this.limit(`grams`),hours_per_month:this.limit(`hours`)};this.dispatchEvent(new CustomEvent(`save`,{detail:t}))}amount(e,t){return m`<div class="field">
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
</div>`}printers(){let e=this.targets.filter(e=>e.kind===`printer`);return e.length?m`<fieldset aria-describedby="printers-help">
<legend>${this.t(`person.printers`)}</legend>
${e.map(e=>m`<label class="choice">
<input
type="checkbox"
name="printer"
value=${e.id}
.checked=${this.person.machine_ids.includes(e.id)}
/>
${e.name}
</label>`)}
<span id="printers-help" class="small secondary">${this.t(`person.printers_help`)}</span>
</fieldset>`:s}render(){let{person:e}=this;return m`<bvp-dialog
.app=${this.app}
.heading=${`${e.name} · ${e.printer}`}
@closed=${this.close}
>
<label class="choice">
<input id="reviewed" type="checkbox" .checked=${e.reviewed} />
${this.t(`person.reviewed`)}
</label>
${this.printers()} ${this.amount(`grams`,e.limit_g)}
${this.amount(`hours`,e.limit_s===null?null:e.limit_s/E)}
<div class="field">
<label for="tags">${this.t(`person.tags`)}</label>
<input id="tags" .value=${e.tags.join(`, `)} aria-describedby="tags-help" />
<span id="tags-help" class="small secondary">${this.t(`notes.tags_help`)}</span>
</div>
${this.isInvalid?m`<p role="alert">${this.t(`person.invalid`)}</p>`:s}
<span slot="actions">
${a({label:this.t(`common.cancel`),look:`plain`,onClick:this.close})}
${a({label:this.t(`common.save`),look:`primary`,onClick:()=>this.save()})}
</span>
</bvp-dialog>`}};_([t({attribute:!1})],D.prototype,`person`,void 0),_([t({attribute:!1})],D.prototype,`targets`,void 0),_([u()],D.prototype,`isInvalid`,void 0),D=_([n(`bvp-person-dialog`)],D);var O=[`prints`,`print_time_s`,`filament_g`,`cost`,`energy_kwh`,`energy_cost`,`files`],k=[`cost`,`energy_kwh`,`energy_cost`];function A(e){return O.filter(t=>!k.includes(t)||e.some(e=>e[t]))}var j={files:0,prints:0,failed:0,print_time_s:0,filament_g:0,cost:0,judged_good:0,judged_failed:0,energy_kwh:0,energy_cost:0};function M(e){let t={...j};for(let n of e)for(let e of Object.keys(j))t[e]+=n[e];return t}function N({prints:e,failed:t,judged_failed:n}){let r=Math.max(0,e-n);return e+t?r/(e+t)*100:null}function P(e){if(!(e>0))return 1;let t=10**Math.floor(Math.log10(e));return([1,2,5,10].find(n=>n*t>=e*(1-1e-9))??10)*t}function F(e){return e===`space`?1e6:e===`print_time_s`?3600:1}function I(e){return new Date(`${e}T12:00:00`)}var L=[`day`,`week`,`month`],R=[`materials`,`printers`,`projects`,`people`],z=`storage_used`,B=`bvp-stats-by`,V={width:1080,narrow:340,height:240,left:64,bottom:28,top:12},H=6,U=class extends f{constructor(...e){super(...e),this.by=W(),this.metric=`prints`,this.page=null,this.people=null,this.space=new Map,this.changing=null,this.asked=``,this.round=0}static{this.styles=[p,x,l,S,g`
:host{display:block;width:100%;max-width:1200px;margin:0 auto;padding:16px var(--bvp-gutter,16px) 32px}.tools{display:flex;flex-wrap:wrap;gap:8px 24px;justify-content:space-between;margin-bottom:16px}.month{display:flex;align-items:center}.month span{min-width:132px;text-align:center}.turn:dir(rtl) .icon{transform:scaleX(-1)}.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(166px,1fr));gap:12px}.tile{display:grid;grid-template-columns:auto 1fr;align-items:center;gap:0 12px;padding:12px 16px}.tile .icon{--mdc-icon-size:24px;grid-row:1 / 3;width:24px;height:24px;color:var(--secondary-text-color)}.tile dd{grid-column:2;grid-row:1;margin:0;font-size:var(--ha-font-size-xl,20px);line-height:1.3}.tile dt{grid-column:2;color:var(--secondary-text-color);font-size:var(--ha-font-size-s,12px)}dl{margin:0}section{margin-top:16px}section.card,.groups .card{padding:16px}h2{margin-bottom:12px}svg{display:block;width:100%;height:auto;max-height:320px}.bar{fill:var(--primary-color)}.bar.failed{fill:none;stroke:var(--error-color);stroke-width:2}.grid{stroke:var(--divider-color)}svg text{fill:var(--secondary-text-color);font-size:12px}.legend{display:flex;flex-wrap:wrap;gap:4px 16px;margin-top:8px}.key{display:inline-flex;align-items:center;gap:6px}.key i{width:12px;height:12px;background:var(--primary-color)}.key i.failed{border:2px solid var(--error-color);background:none}.scroll{overflow-x:auto}table{width:100%;border-collapse:collapse}th,td{padding:6px 8px;border-bottom:1px solid var(--divider-color);text-align:end}td{white-space:nowrap}thead th{vertical-align:bottom}tbody th{min-width:96px;overflow-wrap:anywhere}th{color:var(--secondary-text-color);font-weight:var(--ha-font-weight-medium,500)}th:first-child,td:first-child{text-align:start}tbody th{color:inherit;font-weight:inherit}tbody tr:last-child > *{border-bottom:0}.person{display:flex;align-items:center;justify-content:space-between;gap:8px}.limits li{display:grid;gap:4px;padding:8px 0}.groups{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,500px),1fr));gap:16px}.groups.wide{grid-template-columns:minmax(0,1fr)}`]}willUpdate(e){let{stats:t}=this.state,n=t&&[t.ever_archived,t.printed,t.queued,t.active].join(),{month:r}=this;(e.has(`by`)||n!==this.made||r!==this.asked)&&(this.made=n,this.asked=r,this.load())}async load(){let e=++this.round,t=await this.app.attempt(Promise.all([this.app.api.stats(this.period,...this.month?T(this.month,this.today):[]),this.app.api.people()]));if(!t||e!==this.round)return;[this.page,this.people]=t;let n=this.page.series[0]?.start,r=n?await this.app.recorded(z,n,this.period):new Map;e===this.round&&(this.space=r)}get month(){let e=this.route.query.get(`month`)??``;return w(e)?e:``}get today(){return this.app.format.dayKey(new Date)}get period(){return this.month?`day`:this.by}choose(e){this.by=e,i(B,e),this.month&&this.app.go(`stats`,null,{},!0)}lookAt(e){this.app.go(`stats`,null,{month:e},!0)}value(e,t){let{format:n}=this.app;switch(e){case`space`:return n.bytes(t);case`print_time_s`:return n.duration(t);case`filament_g`:return n.weight(t);case`cost`:case`energy_cost`:return n.money(t);case`energy_kwh`:return n.energy(t);default:return n.number(t)}}name(e){return this.t(`stats.${e}`)}begin(e){let{format:t}=this.app;return this.period===`month`?t.month(I(e)):t.date(I(e))}tile(e,t,n){return m`<dl class="card tile">${o(e)}
<dt>${t}</dt>
<dd>${n}</dd></dl>`}tiles(e){let{format:t}=this.app,{stats:n}=this.state,r=N(e);return m`<div class="tiles">
${this.tile(`mdi:file-outline`,this.name(`files`),t.number(e.files))}
${this.tile(`mdi:check-circle-outline`,this.name(`prints`),t.number(e.prints))}
${this.tile(`mdi:percent-circle-outline`,this.t(`stats.success`),r===null?`–`:t.percent(r))}
${this.tile(`mdi:timer-outline`,this.name(`print_time_s`),t.duration(e.print_time_s))}
${this.tile(`mdi:weight-gram`,this.name(`filament_g`),t.weight(e.filament_g))}
${e.cost?this.tile(`mdi:cash`,this.name(`cost`),t.money(e.cost)):s}
${e.judged_good||e.judged_failed?[this.tile(`mdi:thumb-up-outline`,this.t(`stats.judged_good`),t.number(e.judged_good)),this.tile(`mdi:thumb-down-outline`,this.t(`stats.judged_failed`),t.number(e.judged_failed))]:s}
${[`energy_kwh`,`energy_cost`].map(t=>e[t]?this.tile(`mdi:lightning-bolt-outline`,this.name(t),this.value(t,e[t])):s)}
${n?m`${this.tile(`mdi:archive-outline`,this.t(`stats.archived`),this.t(`stats.archived_size`,{count:n.archives,size:t.bytes(n.archive_bytes)}))}
${this.tile(n.storage_low?`mdi:alert-circle-outline`:`mdi:harddisk`,this.t(n.storage_low?`stats.disk_low`:`stats.disk`),t.bytes(n.free_bytes))}`:s}
</div>`}chart(e){let{metric:t}=this,{series:n}=e,r=t===`prints`,i=F(t),a=n.map(e=>t===`space`?this.space.get(e.start)??0:e[t]),o=a.map(e=>e/i),c=n.map(e=>r?e.failed:0),l=P(Math.max(t===`prints`||t===`files`?2:0,...o.map((e,t)=>e+c[t]))),{height:u,left:f,bottom:p,top:h}=V,g=this.narrow?V.narrow:V.width,_=u-p-h,v=(g-f)/Math.max(1,n.length),y=Math.min(48,v*.6),b=e=>h+_-e/l*_,x=Math.ceil(n.length/(this.narrow?H/2:H)),S=this.t(`stats.chart`,{what:this.name(t)});return m`<svg viewBox="0 0 ${g} ${u}" role="img" aria-label=${S}>
${[0,l/2,l].map(e=>d`<line class="grid" x1=${f} x2=${g} y1=${b(e)} y2=${b(e)}></line>
<text x=${f-8} y=${b(e)+4} text-anchor="end">${this.value(t,e*i)}</text>`)}
${n.map((e,n)=>{let r=f+v*n+(v-y)/2,i=o[n],l=c[n];return d`<g>
<title>${this.begin(e.start)}: ${this.value(t,a[n])}</title>
${i>0?d`<rect class="bar" x=${r} y=${b(i)} width=${y} height=${b(0)-b(i)} rx="3"></rect>`:s}
${l>0?d`<rect class="bar failed" x=${r+1} y=${b(i+l)+1} width=${y-2} height=${Math.max(1,b(i)-b(i+l)-3)} rx="3"></rect>`:s}
${n%x===0?d`<text x=${r+y/2} y=${u-8} text-anchor="middle">${this.begin(e.start)}</text>`:s}
</g>`})}
</svg>
${r?m`<div class="legend small" aria-hidden="true">
<span class="key"><i></i>${this.name(`prints`)}</span>
<span class="key"><i class="failed"></i>${this.t(`stats.failed`)}</span>
</div>`:s}
${t===`space`?m`<p class="small secondary">${this.t(`stats.space_kept`)}</p>`:s}
<details>
<summary>${this.t(`stats.table`)}</summary>
${this.table(this.t(`stats.by_${this.period}`),n.map(e=>[this.begin(e.start),e]),!0)}
</details>`}table(e,t,n){let r=t.map(([,e])=>e),i=[`judged_good`,`judged_failed`].filter(e=>r.some(t=>t[e])),a=A(r).filter(e=>e!==`files`||n).flatMap(e=>e===`prints`?[e,`failed`,...i]:[e]),o=(e,t)=>O.includes(e)?this.value(e,t[e]):this.app.format.number(t[e]);return m`<div class="scroll" tabindex="0" role="region" aria-label=${e}>
<table>
<thead>
<tr>
<th scope="col">${e}</th>
${a.map(e=>m`<th scope="col">${this.t(`stats.${e}`)}</th>`)}
</tr>
</thead>
<tbody>
${t.map(([e,t])=>m`<tr>
<th scope="row">${e}</th>
${a.map(e=>m`<td>${o(e,t)}</td>`)}
</tr>`)}
</tbody>
</table>
</div>`}monthPart(e){let t=t=>r({label:this.t(t<0?`archive.month_before`:`archive.month_after`),icon:t<0?`mdi:chevron-left`:`mdi:chevron-right`,class:`turn`,disabled:t>0&&e>=this.today.slice(0,7),onClick:()=>this.lookAt(C(e,t))}),n=this.app.format.monthName(new Date(`${e}-01T00:00:00Z`));return m`<div class="month">
${t(-1)}<span aria-live="polite">${n}</span>${t(1)}
</div>`}groups(e){let t=R.filter(t=>e.groups[t].length),n=e.series.some(e=>e.energy_kwh||e.judged_good||e.judged_failed);return m`<section class=${n?`groups wide`:`groups`}>
${t.map(t=>m`<div class="card">
<h2>${this.t(`stats.of_${t}`)}</h2>
${this.table(this.t(`stats.one_of_${t}`),e.groups[t].map(e=>[e.value||this.t(`stats.none_of_${t}`),e]),!1)}
</div>`)}
</section>`}limits(){let{app:e,people:t}=this,n=(t?.people??[]).filter(t=>e.isAdmin||t.limit_g!==null||t.limit_s!==null);return!t||!n.length?s:m`<section class="card limits" aria-labelledby="limits">
<div class="tools">
<h2 id="limits">${this.t(`stats.limits`)}</h2>
${e.isAdmin?a({label:this.t(`stats.people_manage`),look:`plain`,onClick:()=>e.visit(y)}):s}
</div>
<ul>
${n.map(t=>m`<li>
<div class="person">
<span>${t.name} <span class="secondary">· ${t.printer}</span></span>
${e.isAdmin?r({icon:`mdi:pencil-outline`,label:this.t(`person.change`,{name:t.name}),onClick:()=>this.changing=t}):s}
</div>
${this.limit(t,`filament_g`,t.limit_g)}
${this.limit(t,`print_time_s`,t.limit_s)}
</li>`)}
</ul>
<p class="secondary">
${this.t(`stats.limits_until`,{date:e.format.date(t.renews_at)})}
</p>
${this.changing?m`<bvp-person-dialog
.app=${e}
.person=${this.changing}
.targets=${this.state.targets}
@closed=${()=>this.changing=null}
@save=${e=>this.change(e.detail)}
></bvp-person-dialog>`:s}
</section>`}async change(e){let t=this.changing.person_id;await this.app.attempt(this.app.api.changePerson(t,e))&&(this.changing=null,await this.load())}limit(e,t,n){if(n===null)return s;let r=this.t(`stats.used_of`,{used:this.value(t,e[t]),limit:this.value(t,n)}),i=n?Math.min(100,e[t]/n*100):100;return m`${c(i,`${e.name}: ${this.name(t)}`,r)}
<span class="small secondary">${r}</span>`}choices(e,t,n,r,i){return m`<div class="chips" role="group" aria-label=${e}>
${t.map(e=>m`<button
type="button"
class="choose"
aria-pressed=${e===n}
@click=${()=>i(e)}
>
${r(e)}
</button>`)}
</div>`}render(){let{page:e}=this,{stats:t}=this.state;return e?!t?.ever_archived&&!e.groups.materials.length?v(`mdi:chart-bar`,this.t(`stats.empty`)):m`<div class="tools">
${this.choices(this.t(`stats.period`),[...L,`one`],this.month?`one`:this.by,e=>this.t(e===`one`?`stats.one_month`:`stats.last_${e}`),e=>e===`one`?this.lookAt(this.today.slice(0,7)):this.choose(e))}
${this.month?this.monthPart(this.month):s}
</div>
${this.tiles(M(e.series))} ${this.limits()}
<section class="card">
<div class="tools">
${this.choices(this.t(`stats.what`),[...A(e.series),...this.space.size?[`space`]:[]],this.metric,e=>this.name(e),e=>this.metric=e)}
</div>
${this.chart(e)}
</section>
${this.groups(e)}`:b(`stats`)}};_([u()],U.prototype,`by`,void 0),_([u()],U.prototype,`metric`,void 0),_([u()],U.prototype,`page`,void 0),_([u()],U.prototype,`people`,void 0),_([u()],U.prototype,`space`,void 0),_([u()],U.prototype,`changing`,void 0),U=_([n(`bvp-stats`)],U);function W(){let t=e(B);return L.includes(t)?t:`week`}export{U as BvpStats};