import{_ as e,f as t,m as n,r,u as i}from"./ha-Bk7M2UNj.js";import{t as a}from"./custom-element-DfQM5z2l.js";import{n as o,r as s,t as c}from"./styles-B4wwyW3R.js";import{n as l}from"./element-C3LT5yG6.js";import{n as u,t as d}from"./form-DEJ5fJue.js";import{i as f,s as p}from"./router-eVik0JGx.js";var m=[`prints`,`print_time_s`,`filament_g`,`cost`,`files`],h={files:0,prints:0,failed:0,print_time_s:0,filament_g:0,cost:0};function g(e){return e.reduce((e,t)=>({files:e.files+t.files,prints:e.prints+t.prints,failed:e.failed+t.failed,print_time_s:e.print_time_s+t.print_time_s,filament_g:e.filament_g+t.filament_g,cost:e.cost+t.cost}),h)}function _({prints:e,failed:t}){return e+t?e/(e+t)*100:null}function v(e){if(!(e>0))return 1;let t=10**Math.floor(Math.log10(e));return([1,2,5,10].find(n=>n*t>=e*(1-1e-9))??10)*t}function y(e){return e===`print_time_s`?3600:1}function b(e){return new Date(`${e}T12:00:00`)}var x=[`day`,`week`,`month`],S=[`materials`,`printers`,`projects`,`people`],C=`bvp-stats-by`,w={width:1080,narrow:340,height:240,left:64,bottom:28,top:12},T=6,E=class extends l{constructor(...e){super(...e),this.by=D(),this.metric=`prints`,this.page=null,this.round=0}static{this.styles=[c,d,e`
:host{display: block;width: 100%;max-width: 1200px;margin: 0 auto;padding: 16px var(--bvp-gutter,16px) 32px;}.tools{display: flex;flex-wrap: wrap;gap: 8px 24px;justify-content: space-between;margin-bottom: 16px;}.tiles{display: grid;grid-template-columns: repeat(auto-fit,minmax(150px,1fr));gap: 12px;}.tile{display: grid;grid-template-columns: auto 1fr;align-items: center;gap: 0 12px;padding: 12px 16px;}.tile .icon{--mdc-icon-size: 24px;grid-row: 1 / 3;width: 24px;height: 24px;color: var(--secondary-text-color);}.tile dd{grid-column: 2;grid-row: 1;margin: 0;font-size: var(--ha-font-size-xl,20px);line-height: 1.3;}.tile dt{grid-column: 2;color: var(--secondary-text-color);font-size: var(--ha-font-size-s,12px);}dl{margin: 0;}section{margin-top: 16px;}section.card,.groups .card{padding: 16px;}h2{margin-bottom: 12px;}svg{display: block;width: 100%;height: auto;max-height: 320px;}.bar{fill: var(--primary-color);}.bar.failed{fill: none;stroke: var(--error-color);stroke-width: 2;}.grid{stroke: var(--divider-color);}svg text{fill: var(--secondary-text-color);font-size: 12px;}.legend{display: flex;flex-wrap: wrap;gap: 4px 16px;margin-top: 8px;}.key{display: inline-flex;align-items: center;gap: 6px;}.key i{width: 12px;height: 12px;background: var(--primary-color);}.key i.failed{border: 2px solid var(--error-color);background: none;}.scroll{overflow-x: auto;}table{width: 100%;border-collapse: collapse;}th,td{padding: 6px 8px;border-bottom: 1px solid var(--divider-color);text-align: end;white-space: nowrap;}th{color: var(--secondary-text-color);font-weight: var(--ha-font-weight-medium,500);}th:first-child,td:first-child{text-align: start;}tbody th{color: inherit;font-weight: inherit;}tbody tr:last-child > *{border-bottom: 0;}.groups{display: grid;grid-template-columns: repeat(auto-fit,minmax(min(100%,340px),1fr));gap: 16px;}`]}willUpdate(e){let{stats:t}=this.state,n=t&&[t.ever_archived,t.printed,t.queued,t.active].join();(e.has(`by`)||n!==this.made)&&(this.made=n,this.load())}async load(){let e=++this.round,t=await this.app.attempt(this.app.api.stats(this.by));t&&e===this.round&&(this.page=t)}choose(e){this.by=e,p(C,e)}value(e,t){let{format:n}=this.app;switch(e){case`print_time_s`:return n.duration(t);case`filament_g`:return n.weight(t);case`cost`:return n.money(t);default:return n.number(t)}}name(e){return this.t(`stats.${e}`)}period(e){let{format:t}=this.app;return this.by===`month`?t.month(b(e)):t.date(b(e))}tile(e,n,i){return t`<dl class="card tile">${r(e)}
<dt>${n}</dt>
<dd>${i}</dd></dl>`}tiles(e){let{format:n}=this.app,{stats:r}=this.state,a=_(e);return t`<div class="tiles">
${this.tile(`mdi:file-outline`,this.name(`files`),n.number(e.files))}
${this.tile(`mdi:check-circle-outline`,this.name(`prints`),n.number(e.prints))}
${this.tile(`mdi:percent-circle-outline`,this.t(`stats.success`),a===null?`–`:n.percent(a))}
${this.tile(`mdi:timer-outline`,this.name(`print_time_s`),n.duration(e.print_time_s))}
${this.tile(`mdi:weight-gram`,this.name(`filament_g`),n.weight(e.filament_g))}
${e.cost?this.tile(`mdi:cash`,this.name(`cost`),n.money(e.cost)):i}
${r?t`${this.tile(`mdi:archive-outline`,this.t(`stats.archived`),this.t(`stats.archived_size`,{count:r.archives,size:n.bytes(r.archive_bytes)}))}
${this.tile(r.storage_low?`mdi:alert-circle-outline`:`mdi:harddisk`,this.t(r.storage_low?`stats.disk_low`:`stats.disk`),n.bytes(r.free_bytes))}`:i}
</div>`}chart(e){let{metric:r}=this,{series:a}=e,o=r===`prints`,s=y(r),c=a.map(e=>e[r]/s),l=a.map(e=>o?e.failed:0),u=v(Math.max(r===`prints`||r===`files`?2:0,...c.map((e,t)=>e+l[t]))),{height:d,left:f,bottom:p,top:m}=w,h=this.narrow?w.narrow:w.width,g=d-p-m,_=(h-f)/Math.max(1,a.length),b=Math.min(48,_*.6),x=e=>m+g-e/u*g,S=Math.ceil(a.length/(this.narrow?T/2:T)),C=this.t(`stats.chart`,{what:this.name(r)});return t`<svg viewBox="0 0 ${h} ${d}" role="img" aria-label=${C}>
${[0,u/2,u].map(e=>n`<line class="grid" x1=${f} x2=${h} y1=${x(e)} y2=${x(e)}></line>
<text x=${f-8} y=${x(e)+4} text-anchor="end">${this.value(r,e*s)}</text>`)}
${a.map((e,t)=>{let a=f+_*t+(_-b)/2,o=c[t],s=l[t];return n`<g>
<title>${this.period(e.start)}: ${this.value(r,e[r])}</title>
${o>0?n`<rect class="bar" x=${a} y=${x(o)} width=${b} height=${x(0)-x(o)} rx="3"></rect>`:i}
${s>0?n`<rect class="bar failed" x=${a+1} y=${x(o+s)+1} width=${b-2} height=${Math.max(1,x(o)-x(o+s)-3)} rx="3"></rect>`:i}
${t%S===0?n`<text x=${a+b/2} y=${d-8} text-anchor="middle">${this.period(e.start)}</text>`:i}
</g>`})}
</svg>
${o?t`<div class="legend small" aria-hidden="true">
<span class="key"><i></i>${this.name(`prints`)}</span>
<span class="key"><i class="failed"></i>${this.t(`stats.failed`)}</span>
</div>`:i}
<details>
<summary>${this.t(`stats.table`)}</summary>
${this.table(this.t(`stats.by_${this.by}`),a.map(e=>[this.period(e.start),e]),!0)}
</details>`}table(e,n,r){let a=m.filter(e=>(e!==`files`||r)&&(e!==`cost`||n.some(([,e])=>e.cost)));return t`<div class="scroll" tabindex="0" role="region" aria-label=${e}>
<table>
<thead>
<tr>
<th scope="col">${e}</th>
${a.map(e=>t`<th scope="col">${this.name(e)}</th>
${e===`prints`?t`<th scope="col">${this.t(`stats.failed`)}</th>`:i}`)}
</tr>
</thead>
<tbody>
${n.map(([e,n])=>t`<tr>
<th scope="row">${e}</th>
${a.map(e=>t`<td>${this.value(e,n[e])}</td>
${e===`prints`?t`<td>${this.value(`prints`,n.failed)}</td>`:i}`)}
</tr>`)}
</tbody>
</table>
</div>`}groups(e){let n=S.filter(t=>e.groups[t].length);return t`<section class="groups">
${n.map(n=>t`<div class="card">
<h2>${this.t(`stats.of_${n}`)}</h2>
${this.table(this.t(`stats.one_of_${n}`),e.groups[n].map(e=>[e.value||this.t(`stats.none_of_${n}`),e]),!1)}
</div>`)}
</section>`}choices(e,n,r,i,a){return t`<div class="chips" role="group" aria-label=${e}>
${n.map(e=>t`<button
type="button"
class="choose"
aria-pressed=${e===r}
@click=${()=>a(e)}
>
${i(e)}
</button>`)}
</div>`}render(){let{page:e}=this,{stats:n}=this.state;return e?!n?.ever_archived&&!e.groups.materials.length?u(`mdi:chart-bar`,this.t(`stats.empty`)):t`<div class="tools">
${this.choices(this.t(`stats.period`),x,this.by,e=>this.t(`stats.last_${e}`),e=>this.choose(e))}
</div>
${this.tiles(g(e.series))}
<section class="card">
<div class="tools">
${this.choices(this.t(`stats.what`),m.filter(t=>t!==`cost`||e.series.some(e=>e.cost)),this.metric,e=>this.name(e),e=>this.metric=e)}
</div>
${this.chart(e)}
</section>
${this.groups(e)}`:i}};o([s()],E.prototype,`by`,void 0),o([s()],E.prototype,`metric`,void 0),o([s()],E.prototype,`page`,void 0),E=o([a(`bvp-stats`)],E);function D(){let e=f(C);return x.includes(e)?e:`week`}export{E as BvpStats};