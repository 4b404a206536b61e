import{A as e,B as t,D as n,I as r,R as i,T as a,V as o,d as s,g as c,k as l,l as u,u as d}from"./shared-CeHzzviU.js";import{n as f}from"./element-B0sNSmuN.js";import{t as p}from"./empty-Ckcxtm86.js";import{t as m}from"./form-C1G43khz.js";import{i as h,s as g}from"./router-eVik0JGx.js";var _=[`prints`,`print_time_s`,`filament_g`,`cost`,`energy_kwh`,`energy_cost`,`files`],v=[`cost`,`energy_kwh`,`energy_cost`];function y(e){return _.filter(t=>!v.includes(t)||e.some(e=>e[t]))}var b={files:0,prints:0,failed:0,print_time_s:0,filament_g:0,cost:0,judged_good:0,judged_failed:0,energy_kwh:0,energy_cost:0};function x(e){let t={...b};for(let n of e)for(let e of Object.keys(b))t[e]+=n[e];return t}function S({prints:e,failed:t,judged_failed:n}){let r=Math.max(0,e-n);return e+t?r/(e+t)*100:null}function C(e){if(!(e>0))return 1;let t=10**Math.floor(Math.log10(e));return([1,2,5,10].find(n=>n*t>=e*(1-1e-9))??10)*t}function w(e){return e===`print_time_s`?3600:1}function T(e){return new Date(`${e}T12:00:00`)}var E=[`day`,`week`,`month`],D=[`materials`,`printers`,`projects`,`people`],O=`bvp-stats-by`,k={width:1080,narrow:340,height:240,left:64,bottom:28,top:12},A=6,j=class extends f{constructor(...e){super(...e),this.by=M(),this.metric=`prints`,this.page=null,this.people=null,this.round=0}static{this.styles=[s,m,d,o`
:host{display: block;width: 100%;max-width: 1200px;margin: 0 auto;padding: 16px var(--bvp-gutter,16px) 32px;}.tools{display: flex;flex-wrap: wrap;gap: 8px 24px;justify-content: space-between;margin-bottom: 16px;}.tiles{display: grid;grid-template-columns: repeat(auto-fit,minmax(166px,1fr));gap: 12px;}.tile{display: grid;grid-template-columns: auto 1fr;align-items: center;gap: 0 12px;padding: 12px 16px;}.tile .icon{--mdc-icon-size: 24px;grid-row: 1 / 3;width: 24px;height: 24px;color: var(--secondary-text-color);}.tile dd{grid-column: 2;grid-row: 1;margin: 0;font-size: var(--ha-font-size-xl,20px);line-height: 1.3;}.tile dt{grid-column: 2;color: var(--secondary-text-color);font-size: var(--ha-font-size-s,12px);}dl{margin: 0;}section{margin-top: 16px;}section.card,.groups .card{padding: 16px;}h2{margin-bottom: 12px;}svg{display: block;width: 100%;height: auto;max-height: 320px;}.bar{fill: var(--primary-color);}.bar.failed{fill: none;stroke: var(--error-color);stroke-width: 2;}.grid{stroke: var(--divider-color);}svg text{fill: var(--secondary-text-color);font-size: 12px;}.legend{display: flex;flex-wrap: wrap;gap: 4px 16px;margin-top: 8px;}.key{display: inline-flex;align-items: center;gap: 6px;}.key i{width: 12px;height: 12px;background: var(--primary-color);}.key i.failed{border: 2px solid var(--error-color);background: none;}.scroll{overflow-x: auto;}table{width: 100%;border-collapse: collapse;}th,td{padding: 6px 8px;border-bottom: 1px solid var(--divider-color);text-align: end;}td{white-space: nowrap;}thead th{vertical-align: bottom;}tbody th{min-width: 96px;overflow-wrap: anywhere;}th{color: var(--secondary-text-color);font-weight: var(--ha-font-weight-medium,500);}th:first-child,td:first-child{text-align: start;}tbody th{color: inherit;font-weight: inherit;}tbody tr:last-child > *{border-bottom: 0;}.limits li{display: grid;gap: 4px;padding: 8px 0;}.groups{display: grid;grid-template-columns: repeat(auto-fit,minmax(min(100%,500px),1fr));gap: 16px;}.groups.wide{grid-template-columns: minmax(0,1fr);}`]}willUpdate(e){let{stats:t}=this.state,n=t&&[t.ever_archived,t.printed,t.queued,t.active].join();(e.has(`by`)||n!==this.made)&&(this.made=n,this.load())}async load(){let e=++this.round,t=await this.app.attempt(Promise.all([this.app.api.stats(this.by),this.app.api.people()]));t&&e===this.round&&([this.page,this.people]=t)}choose(e){this.by=e,g(O,e)}value(e,t){let{format:n}=this.app;switch(e){case`print_time_s`:return n.duration(t);case`filament_g`:return n.weight(t);case`cost`:case`energy_cost`:return n.money(t);case`energy_kwh`:return n.energy(t);default:return n.number(t)}}name(e){return this.t(`stats.${e}`)}period(e){let{format:t}=this.app;return this.by===`month`?t.month(T(e)):t.date(T(e))}tile(t,n,r){return i`<dl class="card tile">${e(t)}
<dt>${n}</dt>
<dd>${r}</dd></dl>`}tiles(e){let{format:t}=this.app,{stats:n}=this.state,a=S(e);return i`<div class="tiles">
${this.tile(`mdi:file-outline`,this.name(`files`),t.number(e.files))}
${this.tile(`mdi:check-circle-outline`,this.name(`prints`),t.number(e.prints))}
${this.tile(`mdi:percent-circle-outline`,this.t(`stats.success`),a===null?`–`:t.percent(a))}
${this.tile(`mdi:timer-outline`,this.name(`print_time_s`),t.duration(e.print_time_s))}
${this.tile(`mdi:weight-gram`,this.name(`filament_g`),t.weight(e.filament_g))}
${e.cost?this.tile(`mdi:cash`,this.name(`cost`),t.money(e.cost)):r}
${e.judged_good||e.judged_failed?[this.tile(`mdi:thumb-up-outline`,this.t(`stats.judged_good`),t.number(e.judged_good)),this.tile(`mdi:thumb-down-outline`,this.t(`stats.judged_failed`),t.number(e.judged_failed))]:r}
${[`energy_kwh`,`energy_cost`].map(t=>e[t]?this.tile(`mdi:lightning-bolt-outline`,this.name(t),this.value(t,e[t])):r)}
${n?i`${this.tile(`mdi:archive-outline`,this.t(`stats.archived`),this.t(`stats.archived_size`,{count:n.archives,size:t.bytes(n.archive_bytes)}))}
${this.tile(n.storage_low?`mdi:alert-circle-outline`:`mdi:harddisk`,this.t(n.storage_low?`stats.disk_low`:`stats.disk`),t.bytes(n.free_bytes))}`:r}
</div>`}chart(e){let{metric:n}=this,{series:a}=e,o=n===`prints`,s=w(n),c=a.map(e=>e[n]/s),l=a.map(e=>o?e.failed:0),u=C(Math.max(n===`prints`||n===`files`?2:0,...c.map((e,t)=>e+l[t]))),{height:d,left:f,bottom:p,top:m}=k,h=this.narrow?k.narrow:k.width,g=d-p-m,_=(h-f)/Math.max(1,a.length),v=Math.min(48,_*.6),y=e=>m+g-e/u*g,b=Math.ceil(a.length/(this.narrow?A/2:A)),x=this.t(`stats.chart`,{what:this.name(n)});return i`<svg viewBox="0 0 ${h} ${d}" role="img" aria-label=${x}>
${[0,u/2,u].map(e=>t`<line class="grid" x1=${f} x2=${h} y1=${y(e)} y2=${y(e)}></line>
<text x=${f-8} y=${y(e)+4} text-anchor="end">${this.value(n,e*s)}</text>`)}
${a.map((e,i)=>{let a=f+_*i+(_-v)/2,o=c[i],s=l[i];return t`<g>
<title>${this.period(e.start)}: ${this.value(n,e[n])}</title>
${o>0?t`<rect class="bar" x=${a} y=${y(o)} width=${v} height=${y(0)-y(o)} rx="3"></rect>`:r}
${s>0?t`<rect class="bar failed" x=${a+1} y=${y(o+s)+1} width=${v-2} height=${Math.max(1,y(o)-y(o+s)-3)} rx="3"></rect>`:r}
${i%b===0?t`<text x=${a+v/2} y=${d-8} text-anchor="middle">${this.period(e.start)}</text>`:r}
</g>`})}
</svg>
${o?i`<div class="legend small" aria-hidden="true">
<span class="key"><i></i>${this.name(`prints`)}</span>
<span class="key"><i class="failed"></i>${this.t(`stats.failed`)}</span>
</div>`:r}
<details>
<summary>${this.t(`stats.table`)}</summary>
${this.table(this.t(`stats.by_${this.by}`),a.map(e=>[this.period(e.start),e]),!0)}
</details>`}table(e,t,n){let r=t.map(([,e])=>e),a=[`judged_good`,`judged_failed`].filter(e=>r.some(t=>t[e])),o=y(r).filter(e=>e!==`files`||n).flatMap(e=>e===`prints`?[e,`failed`,...a]:[e]),s=(e,t)=>_.includes(e)?this.value(e,t[e]):this.app.format.number(t[e]);return i`<div class="scroll" tabindex="0" role="region" aria-label=${e}>
<table>
<thead>
<tr>
<th scope="col">${e}</th>
${o.map(e=>i`<th scope="col">${this.t(`stats.${e}`)}</th>`)}
</tr>
</thead>
<tbody>
${t.map(([e,t])=>i`<tr>
<th scope="row">${e}</th>
${o.map(e=>i`<td>${s(e,t)}</td>`)}
</tr>`)}
</tbody>
</table>
</div>`}groups(e){let t=D.filter(t=>e.groups[t].length),n=e.series.some(e=>e.energy_kwh||e.judged_good||e.judged_failed);return i`<section class=${n?`groups wide`:`groups`}>
${t.map(t=>i`<div class="card">
<h2>${this.t(`stats.of_${t}`)}</h2>
${this.table(this.t(`stats.one_of_${t}`),e.groups[t].map(e=>[e.value||this.t(`stats.none_of_${t}`),e]),!1)}
</div>`)}
</section>`}limits(){let{app:e,people:t}=this,n=(t?.people??[]).filter(e=>e.limit_g!==null||e.limit_s!==null);return!t||!n.length?r:i`<section class="card limits" aria-labelledby="limits">
<div class="tools">
<h2 id="limits">${this.t(`stats.limits`)}</h2>
${e.isAdmin?l({label:this.t(`stats.limits_change`),look:`plain`,onClick:()=>e.visit(`/config/integrations/integration/bambu_virtual_printer`)}):r}
</div>
<ul>
${n.map(e=>i`<li>
<span>${e.name} <span class="secondary">· ${e.printer}</span></span>
${this.limit(e,`filament_g`,e.limit_g)}
${this.limit(e,`print_time_s`,e.limit_s)}
</li>`)}
</ul>
<p class="secondary">
${this.t(`stats.limits_until`,{date:e.format.date(t.renews_at)})}
</p>
</section>`}limit(e,t,n){if(n===null)return r;let a=this.t(`stats.used_of`,{used:this.value(t,e[t]),limit:this.value(t,n)}),o=n?Math.min(100,e[t]/n*100):100;return i`${u(o,`${e.name}: ${this.name(t)}`,a)}
<span class="small secondary">${a}</span>`}choices(e,t,n,r,a){return i`<div class="chips" role="group" aria-label=${e}>
${t.map(e=>i`<button
type="button"
class="choose"
aria-pressed=${e===n}
@click=${()=>a(e)}
>
${r(e)}
</button>`)}
</div>`}render(){let{page:e}=this,{stats:t}=this.state;return e?!t?.ever_archived&&!e.groups.materials.length?p(`mdi:chart-bar`,this.t(`stats.empty`)):i`<div class="tools">
${this.choices(this.t(`stats.period`),E,this.by,e=>this.t(`stats.last_${e}`),e=>this.choose(e))}
</div>
${this.tiles(x(e.series))} ${this.limits()}
<section class="card">
<div class="tools">
${this.choices(this.t(`stats.what`),y(e.series),this.metric,e=>this.name(e),e=>this.metric=e)}
</div>
${this.chart(e)}
</section>
${this.groups(e)}`:r}};c([a()],j.prototype,`by`,void 0),c([a()],j.prototype,`metric`,void 0),c([a()],j.prototype,`page`,void 0),c([a()],j.prototype,`people`,void 0),j=c([n(`bvp-stats`)],j);function M(){let e=h(O);return E.includes(e)?e:`week`}export{j as BvpStats};