import{L as e,j as t,m as n,z as r}from"./shared-BFhIT7mv.js";var i=[`timelapse`,`vibration_cali`,`layer_inspect`,`use_ams`],a=[`bed_leveling`,`flow_cali`,`nozzle_offset_cali`];function o(e,t,n){let o=(i,a)=>r`<div class="field">
<label for=${i}>${e.t(`option.${i}`)}</label>
<select
id=${i}
@change=${e=>{let r=a[e.target.selectedIndex-1],o={...t};r?o[i]=r[1]:delete o[i],n(o)}}
>
<option ?selected=${t[i]===void 0}>${e.t(`option.as_sliced`)}</option>
${a.map(([e,n])=>r`<option ?selected=${t[i]===n}>${e}</option>`)}
</select>
</div>`,s=e.t(`option.off`),c=e.t(`option.on`);return r`<div class="options">
${i.map(e=>o(e,[[s,!1],[c,!0]]))}
${a.map(t=>o(t,[[s,`off`],[c,`on`],[e.t(`option.auto`),`auto`]]))}
</div>`}var s=[`printer`,`match_color`,`any_color`,`exact_preset`];function c(e,t,n,i){return r`<div class="field">
<label for="filament-rule">${e.t(`spools.rule`)}</label>
<select
id="filament-rule"
@change=${e=>i(e.target.value,n)}
>
${s.map(n=>r`<option value=${n} ?selected=${n===t}>
${e.t(`spools.rule_${n}`)}
</option>`)}
</select>
</div>
<div class="field">
<label class="choice">
<input
type="checkbox"
.checked=${n}
@change=${e=>i(t,e.target.checked)}
/>
<span>${e.t(`spools.anyway`)}</span>
</label>
</div>`}function l(e){if(!e)return``;let t=new Date(e),n=e=>String(e).padStart(2,`0`);return`${[t.getFullYear(),n(t.getMonth()+1),n(t.getDate())].join(`-`)}T${n(t.getHours())}:${n(t.getMinutes())}`}function u(e){return e?new Date(e).toISOString():null}function d(e,t=``){return e!==``&&e!==t&&new Date(e).getTime()<Date.now()}function f(t,n){let{id:i,label:a,value:o}=n,s=d(o,n.before);return r`<div class="field">
<label for=${i}>${a}</label>
<input
id=${i}
type="datetime-local"
aria-invalid=${s}
aria-describedby=${s?`${i}-over`:e}
.value=${o}
@input=${e=>n.set(e.target.value)}
/>
${s?r`<span id="${i}-over" class="problem">${t.t(`timing.over`)}</span>`:e}
</div>`}var p=50;function m(e){let t=e?.quiet_hours,n=e?.sun;return{onlyWhile:e?.only_while??``,unknown:e?.only_while_unknown??`hold`,cheapestBefore:l(e?.cheapest_before??null),quiet:{from:t?.from??``,until:t?.until??``,schedule:t?.schedule??``,scope:t?.scope??`begin`,unknown:t?.unknown??`hold`},sun:{sensor:n?.sensor??``,limit:n?String(n.limit):``,hysteresis:String(n?.hysteresis??p),unknown:n?.unknown??`hold`}}}function h({quiet:e}){let t=e.schedule.trim();return!e.from&&!e.until&&!t?null:{from:e.from||null,until:e.until||null,schedule:t||null,scope:e.scope,unknown:e.unknown}}function g({sun:e}){let t=e.sensor.trim();return t?{sensor:t,limit:Number(e.limit)||0,hysteresis:Number(e.hysteresis)||0,unknown:e.unknown}:null}function _(e,t){return JSON.stringify(e)===JSON.stringify(t)}function v(e,t){return{...t.onlyWhile.trim()===e.onlyWhile?{}:{only_while:t.onlyWhile.trim()},...t.unknown===e.unknown?{}:{only_while_unknown:t.unknown},...t.cheapestBefore===e.cheapestBefore?{}:{cheapest_before:u(t.cheapestBefore)},..._(h(e),h(t))?{}:{quiet_hours:h(t)},..._(g(e),g(t))?{}:{sun:g(t)}}}function y(e,t){return d(t.cheapestBefore,e.cheapestBefore)}function b({id:t,label:n,value:i,set:a},o,s=``){return r`<div class="field">
<label for=${t}>${n}</label>
<input
id=${t}
type=${o}
placeholder=${s||e}
min=${o===`number`?0:e}
autocapitalize="off"
spellcheck="false"
.value=${i}
@input=${e=>a(e.target.value)}
/>
</div>`}function x({id:e,label:t,value:n,set:i},a){return r`<div class="field">
<label for=${e}>${t}</label>
<select
id=${e}
@change=${e=>i(e.target.value)}
>
${a.map(([e,t])=>r`<option value=${e} ?selected=${e===n}>${t}</option>`)}
</select>
</div>`}function S(e){return[[`hold`,e.t(`timing.unknown_hold`)],[`let_go`,e.t(`timing.unknown_let_go`)]]}function C(t,n,i,a=m(null)){return r`${f(t,{id:`cheapest-before`,label:t.t(`timing.cheapest_before`),value:n.cheapestBefore,before:a.cheapestBefore,set:e=>i({...n,cheapestBefore:e})})}${b({id:`only-while`,label:t.t(`timing.only_while`),value:n.onlyWhile,set:e=>i({...n,onlyWhile:e})},`text`,`binary_sensor.…`)}${n.onlyWhile.trim()?x({id:`only-while-unknown`,label:t.t(`timing.unknown`),value:n.unknown,set:e=>i({...n,unknown:e})},S(t)):e}${w(t,n,i)}${T(t,n,i)}`}function w(t,n,i){let{quiet:a}=n,o=e=>i({...n,quiet:{...a,...e}}),s=e=>({id:`quiet-${e}`,label:t.t(`timing.quiet_${e}`),value:a[e],set:t=>o({[e]:t})});return r`<fieldset class="rule">
<legend>${t.t(`timing.quiet`)}</legend>
${b(s(`from`),`time`)}${b(s(`until`),`time`)}
${b(s(`schedule`),`text`,`schedule.…`)}
${h(n)?x({id:`quiet-scope`,label:t.t(`timing.quiet_scope`),value:a.scope,set:e=>o({scope:e})},[[`begin`,t.t(`timing.quiet_begin`)],[`run`,t.t(`timing.quiet_run`)]]):e}
${a.schedule.trim()?x({id:`quiet-unknown`,label:t.t(`timing.quiet_unknown`),value:a.unknown,set:e=>o({unknown:e})},S(t)):e}
</fieldset>`}function T(e,t,n){let{sun:i}=t,a=e=>n({...t,sun:{...i,...e}}),o=b({id:`sun-sensor`,label:e.t(`timing.sun`),value:i.sensor,set:e=>a({sensor:e})},`text`,`sensor.…`);if(!i.sensor.trim())return o;let s=t=>({id:`sun-${t}`,label:e.t(`timing.sun_${t}`),value:i[t],set:e=>a({[t]:e})});return r`${o}${b(s(`limit`),`number`)}${b(s(`hysteresis`),`number`)}
${x({id:`sun-unknown`,label:e.t(`timing.sun_unknown`),value:i.unknown,set:e=>a({unknown:e})},S(e))}`}function E(e,t){let{only_while:i,cheapest_before:a,quiet_hours:o,sun:s}=t,c=(e,t,r)=>n(e,t,r?`${t}: ${r}`:null),l=o?.from&&o.until?`${o.from}–${o.until}`:null;return r`${c(`mdi:toggle-switch-outline`,e.t(`queue.only_while`),i)}
${c(`mdi:cash-clock`,e.t(`timing.cheapest_before`),a&&e.format.moment(a))}
${c(`mdi:sleep`,e.t(`timing.quiet`),o?[l,o.schedule,e.t(`timing.quiet_${o.scope}`)].filter(Boolean).join(`, `):null)}
${c(`mdi:solar-power`,e.t(`queue.sun`),s?`${s.sensor}, ${e.format.number(s.limit)} W`:null)}`}function D(i,a){let o=i.t(`fact.intent_print`);return r`${n(`mdi:account-outline`,i.t(`fact.sender`),a.sender)}
${n(`mdi:home-import-outline`,i.t(`fact.instance`),a.instance??``)}
${a.intent===`print`?r`<span class="fact" title=${o}
>${t(`mdi:play-circle-outline`)}<span class="visually-hidden">${o}</span></span
>`:e}`}function O(e){return e.sender||e.source_ip}export{v as a,m as c,u as d,f,y as i,l,o as m,O as n,E as o,c as p,_ as r,C as s,D as t,d as u};