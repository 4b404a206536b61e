import{_ as e,f as t,m as n,n as r,r as i,u as a}from"./ha-Bk7M2UNj.js";import{t as o}from"./custom-element-DfQM5z2l.js";import{n as s,r as c,t as l}from"./styles-B4wwyW3R.js";import{n as u}from"./element-C3LT5yG6.js";import{n as d,t as f}from"./form-DEJ5fJue.js";import{n as p,t as m}from"./progress-CVGsz5rI.js";import{i as h,s as g}from"./router-eVik0JGx.js";var _=[`prints`,`print_time_s`,`filament_g`,`cost`,`energy_kwh`,`energy_cost`,`files`],v=[`cost`,`energy_kwh`,`energy_cost`];function y(e){return _.filter(t=>!v.includes(t)||e.some(e=>e[t]))}var b={files:0,prints:0,failed:0,print_time_s:0,filament_g:0,cost:0,judged_good:0,judged_failed:0,energy_kwh:0,energy_cost:0};function x(e){let t={...b};for(let n of e)for(let e of Object.keys(b))t[e]+=n[e];return t}function S({prints:e,failed:t,judged_failed:n}){let r=Math.max(0,e-n);return e+t?r/(e+t)*100:null}function C(e){if(!(e>0))return 1;let t=10**Math.floor(Math.log10(e));return([1,2,5,10].find(n=>n*t>=e*(1-1e-9))??10)*t}function w(e){return e===`print_time_s`?3600:1}function T(e){return new Date(`${e}T12:00:00`)}var E=[`day`,`week`,`month`],D=[`materials`,`printers`,`projects`,`people`],O=`bvp-stats-by`,k={width:1080,narrow:340,height:240,left:64,bottom:28,top:12},A=6,j=class extends u{constructor(...e){super(...e),this.by=M(),this.metric=`prints`,this.page=null,this.people=null,this.round=0}static{this.styles=[l,f,p,e`
:host{display: block;width: 100%;max-width: 1200px;margin: 0 auto;padding: 16px var(--bvp-gutter,16px) 32px;}.tools{display: flex;flex-wrap: wrap;gap: 8px 24px;justify-content: space-between;margin-bottom: 16px;}.tiles{display: grid;grid-template-columns: repeat(auto-fit,minmax(166px,1fr));gap: 12px;}.tile{display: grid;grid-template-columns: auto 1fr;align-items: center;gap: 0 12px;padding: 12px 16px;}.tile .icon{--mdc-icon-size: 24px;grid-row: 1 / 3;width: 24px;height: 24px;color: var(--secondary-text-color);}.tile dd{grid-column: 2;grid-row: 1;margin: 0;font-size: var(--ha-font-size-xl,20px);line-height: 1.3;}.tile dt{grid-column: 2;color: var(--secondary-text-color);font-size: var(--ha-font-size-s,12px);}dl{margin: 0;}section{margin-top: 16px;}section.card,.groups .card{padding: 16px;}h2{margin-bottom: 12px;}svg{display: block;width: 100%;height: auto;max-height: 320px;}.bar{fill: var(--primary-color);}.bar.failed{fill: none;stroke: var(--error-color);stroke-width: 2;}.grid{stroke: var(--divider-color);}svg text{fill: var(--secondary-text-color);font-size: 12px;}.legend{display: flex;flex-wrap: wrap;gap: 4px 16px;margin-top: 8px;}.key{display: inline-flex;align-items: center;gap: 6px;}.key i{width: 12px;height: 12px;background: var(--primary-color);}.key i.failed{border: 2px solid var(--error-color);background: none;}.scroll{overflow-x: auto;}table{width: 100%;border-collapse: collapse;}th,td{padding: 6px 8px;border-bottom: 1px solid var(--divider-color);text-align: end;}td{white-space: nowrap;}thead th{vertical-align: bottom;}tbody th{min-width: 96px;overflow-wrap: anywhere;}th{color: var(--secondary-text-color);font-weight: var(--ha-font-weight-medium,500);}th:first-child,td:first-child{text-align: start;}tbody th{color: inherit;font-weight: inherit;}tbody tr:last-child > *{border-bottom: 0;}.limits li{display: grid;gap: 4px;padding: 8px 0;}.groups{display: grid;grid-template-columns: repeat(auto-fit,minmax(min(100%,500px),1fr));gap: 16px;}.groups.wide{grid-template-columns: minmax(0,1fr);}`]}willUpdate(e){let{stats:t}=this.state,n=t&&[t.ever_archived,t.printed,t.queued,t.active].join();(e.has(`by`)||n!==this.made)&&(this.made=n,this.load())}async load(){let e=++this.round,t=await this.app.attempt(Promise.all([this.app.api.stats(this.by),this.app.api.people()]));t&&e===this.round&&([this.page,this.people]=t)}choose(e){this.by=e,g(O,e)}value(e,t){let{format:n}=this.app;switch(e){case`print_time_s`:return n.duration(t);case`filament_g`:return n.weight(t);case`cost`:case`energy_cost`:return n.money(t);case`energy_kwh`:return n.energy(t);default:return n.number(t)}}name(e){return this.t(`stats.${e}`)}period(e){let{format:t}=this.app;return this.by===`month`?t.month(T(e)):t.date(T(e))}tile(e,n,r){return t`<dl class="card tile">${i(e)}
<dt>${n}</dt>
<dd>${r}</dd></dl>`}tiles(e){let{format:n}=this.app,{stats:r}=this.state,i=S(e);return t`<div class="tiles">
${this.tile(`mdi:file-outline`,this.name(`files`),n.number(e.files))}
${this.tile(`mdi:check-circle-outline`,this.name(`prints`),n.number(e.prints))}
${this.tile(`mdi:percent-circle-outline`,this.t(`stats.success`),i===null?`–`:n.percent(i))}
${this.tile(`mdi:timer-outline`,this.name(`print_time_s`),n.duration(e.print_time_s))}
${this.tile(`mdi:weight-gram`,this.name(`filament_g`),n.weight(e.filament_g))}
${e.cost?this.tile(`mdi:cash`,this.name(`cost`),n.money(e.cost)):a}
${e.judged_good||e.judged_failed?[this.tile(`mdi:thumb-up-outline`,this.t(`stats.judged_good`),n.number(e.judged_good)),this.tile(`mdi:thumb-down-outline`,this.t(`stats.judged_failed`),n.number(e.judged_failed))]:a}
${[`energy_kwh`,`energy_cost`].map(t=>e[t]?this.tile(`mdi:lightning-bolt-outline`,this.name(t),this.value(t,e[t])):a)}
${r?t`${this.tile(`mdi:archive-outline`,this.t(`stats.archived`),this.t(`stats.archived_size`,{count:r.archives,size:n.bytes(r.archive_bytes)}))}
${this.tile(r.storage_low?`mdi:alert-circle-outline`:`mdi:harddisk`,this.t(r.storage_low?`stats.disk_low`:`stats.disk`),n.bytes(r.free_bytes))}`:a}
</div>`}chart(e){let{metric:r}=this,{series:i}=e,o=r===`prints`,s=w(r),c=i.map(e=>e[r]/s),l=i.map(e=>o?e.failed:0),u=C(Math.max(r===`prints`||r===`files`?2:0,...c.map((e,t)=>e+l[t]))),{height:d,left:f,bottom:p,top:m}=k,h=this.narrow?k.narrow:k.width,g=d-p-m,_=(h-f)/Math.max(1,i.length),v=Math.min(48,_*.6),y=e=>m+g-e/u*g,b=Math.ceil(i.length/(this.narrow?A/2:A)),x=this.t(`stats.chart`,{what:this.name(r)});return t`<svg viewBox="0 0 ${h} ${d}" role="img" aria-label=${x}>
${[0,u/2,u].map(e=>n`<line class="grid" x1=${f} x2=${h} y1=${y(e)} y2=${y(e)}></line>
<text x=${f-8} y=${y(e)+4} text-anchor="end">${this.value(r,e*s)}</text>`)}
${i.map((e,t)=>{let i=f+_*t+(_-v)/2,o=c[t],s=l[t];return n`<g>
<title>${this.period(e.start)}: ${this.value(r,e[r])}</title>
${o>0?n`<rect class="bar" x=${i} y=${y(o)} width=${v} height=${y(0)-y(o)} rx="3"></rect>`:a}
${s>0?n`<rect class="bar failed" x=${i+1} y=${y(o+s)+1} width=${v-2} height=${Math.max(1,y(o)-y(o+s)-3)} rx="3"></rect>`:a}
${t%b===0?n`<text x=${i+v/2} y=${d-8} text-anchor="middle">${this.period(e.start)}</text>`:a}
</g>`})}
</svg>
${o?t`<div class="legend small" aria-hidden="true">
<span class="key"><i></i>${this.name(`prints`)}</span>
<span class="key"><i class="failed"></i>${this.t(`stats.failed`)}</span>
</div>`:a}
<details>
<summary>${this.t(`stats.table`)}</summary>
${this.table(this.t(`stats.by_${this.by}`),i.map(e=>[this.period(e.start),e]),!0)}
</details>`}table(e,n,r){let i=n.map(([,e])=>e),a=[`judged_good`,`judged_failed`].filter(e=>i.some(t=>t[e])),o=y(i).filter(e=>e!==`files`||r).flatMap(e=>e===`prints`?[e,`failed`,...a]:[e]),s=(e,t)=>_.includes(e)?this.value(e,t[e]):this.app.format.number(t[e]);return t`<div class="scroll" tabindex="0" role="region" aria-label=${e}>
<table>
<thead>
<tr>
<th scope="col">${e}</th>
${o.map(e=>t`<th scope="col">${this.t(`stats.${e}`)}</th>`)}
</tr>
</thead>
<tbody>
${n.map(([e,n])=>t`<tr>
<th scope="row">${e}</th>
${o.map(e=>t`<td>${s(e,n)}</td>`)}
</tr>`)}
</tbody>
</table>
</div>`}groups(e){let n=D.filter(t=>e.groups[t].length),r=e.series.some(e=>e.energy_kwh||e.judged_good||e.judged_failed);return t`<section class=${r?`groups wide`:`groups`}>
${n.map(n=>t`<div class="card">
<h2>${this.t(`stats.of_${n}`)}</h2>
${this.table(this.t(`stats.one_of_${n}`),e.groups[n].map(e=>[e.value||this.t(`stats.none_of_${n}`),e]),!1)}
</div>`)}
</section>`}limits(){let{app:e,people:n}=this,i=(n?.people??[]).filter(e=>e.limit_g!==null||e.limit_s!==null);return!n||!i.length?a:t`<section class="card limits" aria-labelledby="limits">
<div class="tools">
<h2 id="limits">${this.t(`stats.limits`)}</h2>
${e.isAdmin?r({label:this.t(`stats.limits_change`),look:`plain`,onClick:()=>e.visit(`/config/integrations/integration/bambu_virtual_printer`)}):a}
</div>
<ul>
${i.map(e=>t`<li>
<span>${e.name} <span class="secondary">· ${e.printer}</span></span>
${this.limit(e,`filament_g`,e.limit_g)}
${this.limit(e,`print_time_s`,e.limit_s)}
</li>`)}
</ul>
<p class="secondary">
${this.t(`stats.limits_until`,{date:e.format.date(n.renews_at)})}
</p>
</section>`}limit(e,n,r){if(r===null)return a;let i=this.t(`stats.used_of`,{used:this.value(n,e[n]),limit:this.value(n,r)}),o=r?Math.min(100,e[n]/r*100):100;return t`${m(o,`${e.name}: ${this.name(n)}`,i)}
<span class="small secondary">${i}</span>`}choices(e,n,r,i,a){return t`<div class="chips" role="group" aria-label=${e}>
${n.map(e=>t`<button
type="button"
class="choose"
aria-pressed=${e===r}
@click=${()=>a(e)}
>
${i(e)}
</button>`)}
</div>`}render(){let{page:e}=this,{stats:n}=this.state;return e?!n?.ever_archived&&!e.groups.materials.length?d(`mdi:chart-bar`,this.t(`stats.empty`)):t`<div class="tools">
${this.choices(this.t(`stats.period`),E,this.by,e=>this.t(`stats.last_${e}`),e=>this.choose(e))}
</div>
${this.tiles(x(e.series))} ${this.limits()}
<section class="card">
<div class="tools">
${this.choices(this.t(`stats.what`),y(e.series),this.metric,e=>this.name(e),e=>this.metric=e)}
</div>
${this.chart(e)}
</section>
${this.groups(e)}`:a}};s([c()],j.prototype,`by`,void 0),s([c()],j.prototype,`metric`,void 0),s([c()],j.prototype,`page`,void 0),s([c()],j.prototype,`people`,void 0),j=s([o(`bvp-stats`)],j);function M(){let e=h(O);return E.includes(e)?e:`week`}export{j as BvpStats};