import{ct as e,ot as t,x as n}from"./shared-DPcjTYk3.js";var r=36e5,i=[[4,1],[8,2],[12,3],[24,6],[48,12],[96,24]],a=e=>new Date(e.expected_end).getTime();function o(e){let t=[],n=e.map(e=>({job:e,begin:new Date(e.expected_start).getTime(),end:a(e)}));for(let e of n.sort((e,t)=>e.begin-t.begin)){let n=t.at(-1);n?.job.archive_id===e.job.archive_id&&e.begin-n.end<6e4?n.end=e.end:t.push(e)}return t}function s(e,t,n,i){let a=new Date(`${i.toField(new Date(e))}Z`);a.setUTCHours(Math.ceil((a.getUTCHours()+1)/n)*n,0);let o=[];for(;;){let e=Date.parse(i.fromField(a.toISOString()));if(e>=t)return o;e!==o.at(-1)&&o.push(e),a.setTime(a.getTime()+n*r)}}function c(e,t,n,c){let l=t.filter(e=>e.kind===`real`),u=e.filter(e=>e.expected_on&&e.expected_start&&e.expected_end&&a(e)>=n),d=new Set([...l.map(e=>e.id),...u.map(e=>e.expected_on)]),f=Math.max(n,...u.map(a)),[p,m]=i.find(([e])=>n+e*r>=f)??i.at(-1),h=n+p*r;return{begin:n,end:h,marks:s(n,h,m,c),bars:[...d].map(e=>({id:e,printer:l.find(t=>t.id===e),spans:o(u.filter(t=>t.expected_on===e)).filter(e=>e.begin<h)}))}}function l(i,{begin:a,end:o,marks:s,bars:c},l){let{format:u}=i,d=e=>Math.min(100,Math.max(0,(e-a)/(o-a)*100)),f=s.filter(e=>d(e)<88),p=e=>{let t=new Date(e),[n,i]=u.toField(t).split(`T`);return i===`00:00`&&o-a>24*r?u.weekday(new Date(n).getUTCDay()):u.time(t)};return e`<div class="schedule">
${c.map(({printer:r,spans:a})=>{let o=a.at(-1),s=r?.name??l(o.job),c=r!==void 0&&r.availability!==`online`,f=o?i.t(`printers.free_from`,{time:u.moment(new Date(o.end))}):i.t(c?`card.not_reachable`:`queue.lane_free`);return e`<div>
<div class="name"><span>${s}</span><span class="secondary small">${f}</span></div>
<ul class="bar" aria-label=${s}>
${a.map(({job:r,begin:a,end:o})=>{let s=i.t(`card.span`,{name:r.name,from:u.moment(new Date(a)),to:u.moment(new Date(o))}),c=d(o)-d(a);return e`<li
class=${n(r)?`active`:``}
style="inset-inline-start:${d(a)}%;width:${c}%"
title=${s}
>
<span class="visually-hidden">${s}</span>
${c<9?t:e`<span aria-hidden="true">${r.name}</span>`}
</li>`})}
</ul>
</div>`})}
<div class="marks secondary small" aria-hidden="true">
${f.map(t=>e`<span style="inset-inline-start:${d(t)}%">${p(t)}</span>`)}
</div>
</div>`}export{c as schedule,l as schedulePart};