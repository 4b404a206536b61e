import{_ as e,a as t,b as n,c as r,f as i,g as a,h as o,i as s,m as c,n as l,o as u,p as d,r as f,s as p,t as m,v as h,y as ee}from"./element-LbZIzi_j.js";import{n as g,t as te}from"./menu-R68BWEvo.js";import{t as _}from"./empty-DLRyi3cy.js";var v={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},y=e=>(...t)=>({_$litDirective$:e,values:t}),b=class{constructor(e){}get _$AU(){return this._$AM._$AU}_$AT(e,t,n){this._$Ct=e,this._$AM=t,this._$Ci=n}_$AS(e,t){return this.update(e,t)}update(e,t){return this.render(...t)}},{I:x}=ee,S=e=>e,C=()=>document.createComment(``),w=(e,t,n)=>{let r=e._$AA.parentNode,i=t===void 0?e._$AB:t._$AA;if(n===void 0)n=new x(r.insertBefore(C(),i),r.insertBefore(C(),i),e,e.options);else{let t=n._$AB.nextSibling,a=n._$AM,o=a!==e;if(o){let t;n._$AQ?.(e),n._$AM=e,n._$AP!==void 0&&(t=e._$AU)!==a._$AU&&n._$AP(t)}if(t!==i||o){let e=n._$AA;for(;e!==t;){let t=S(e).nextSibling;S(r).insertBefore(e,i),e=t}}}return n},T=(e,t,n=e)=>(e._$AI(t,n),e),ne={},re=(e,t=ne)=>e._$AH=t,ie=e=>e._$AH,E=e=>{e._$AR(),e._$AA.remove()},D=(e,t,n)=>{let r=new Map;for(let i=t;i<=n;i++)r.set(e[i],i);return r},O=y(class extends b{constructor(e){if(super(e),e.type!==v.CHILD)throw Error(`repeat() can only be used in text expressions`)}dt(e,t,n){let r;n===void 0?n=t:t!==void 0&&(r=t);let i=[],a=[],o=0;for(let t of e)i[o]=r?r(t,o):o,a[o]=n(t,o),o++;return{values:a,keys:i}}render(e,t,n){return this.dt(e,t,n).values}update(t,[n,r,i]){let a=ie(t),{values:o,keys:s}=this.dt(n,r,i);if(!Array.isArray(a))return this.ut=s,o;let c=this.ut??=[],l=[],u,d,f=0,p=a.length-1,m=0,h=o.length-1;for(;f<=p&&m<=h;)if(a[f]===null)f++;else if(a[p]===null)p--;else if(c[f]===s[m])l[m]=T(a[f],o[m]),f++,m++;else if(c[p]===s[h])l[h]=T(a[p],o[h]),p--,h--;else if(c[f]===s[h])l[h]=T(a[f],o[h]),w(t,l[h+1],a[f]),f++,h--;else if(c[p]===s[m])l[m]=T(a[p],o[m]),w(t,a[f],a[p]),p--,m++;else if(u===void 0&&(u=D(s,m,h),d=D(c,f,p)),u.has(c[f])){if(u.has(c[p])){let e=d.get(s[m]),n=e===void 0?null:a[e];if(n===null){let e=w(t,a[f]);T(e,o[m]),l[m]=e}else l[m]=T(n,o[m]),w(t,a[f],n),a[e]=null;m++}else E(a[p]),p--}else E(a[f]),f++;for(;m<=h;){let e=w(t,l[h+1]);T(e,o[m]),l[m++]=e}for(;f<=p;){let e=a[f++];e!==null&&E(e)}return this.ut=s,re(t,l),e}}),k=8e3;async function A(e,t,n,r={}){let i=t.map(e=>e.id);if(!i.length)return;let a=e.api.decide(i,n,r);e.store.guess(e=>({...e,inbox:e.inbox.filter(e=>!i.includes(e.id))}),a);let o=await e.attempt(a);if(!o)return;let s=o.results.find(e=>e.result===`failed`);if(s){e.toast({message:e.sayError(s.error),duration:k});return}let c=o.results.filter(e=>e.result===`done`);if(!c.length){e.toast(e.t(`decided.already`));return}let l=e.t(`decided.${n}`,{count:c.length,name:c[0].name});e.announce(l),e.toast({message:l,duration:k,action:u()});function u(){let t=o.undo;if(t)return{text:e.t(`common.undo`),run:()=>void e.attempt(e.api.undo(t.ids)).then(t=>t?.failed[0]&&e.toast(e.sayError(t.failed[0].error)))};let r=c[0].job_ids[0],i=c[0].archive_id;if(n===`queue`&&r)return{text:e.t(`common.show`),run:()=>e.go(`queue`,r)};if(n===`archive`&&i)return{text:e.t(`common.show`),run:()=>e.go(`archive`,i)}}}var j=n`
  .chip {
    --mdc-icon-size: 16px;
    display: inline-flex;
    align-items: center;
    gap: 6px;
    max-width: 100%;
    padding: 1px 10px 1px 8px;
    border: 1px solid var(--divider-color);
    border-radius: var(--ha-border-radius-pill, 9999px);
    font-size: var(--ha-font-size-s, 12px);
  }
  .chip .icon {
    width: 16px;
    height: 16px;
    color: var(--secondary-text-color);
  }
  .chip.good .icon {
    color: var(--success-color);
  }
  .chip.warning .icon {
    color: var(--warning-color);
  }
  .chip.bad .icon {
    color: var(--error-color);
  }
  .chip.active .icon {
    color: var(--primary-color);
  }
`;function M(e,t,n=`neutral`){return h`<span class="chip ${n}">${p(e)}<span>${t}</span></span>`}function N(e,t,n){return n?h`<span class="fact" title=${t}
        >${p(e)}<span class="visually-hidden">${t}: </span><span>${n}</span></span
      >`:a}var P=n`
  .facts {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 16px;
  }
  .fact {
    --mdc-icon-size: 16px;
    display: inline-flex;
    align-items: center;
    gap: 4px;
  }
  .fact .icon {
    width: 16px;
    height: 16px;
    color: var(--secondary-text-color);
  }
`,F=class extends o{constructor(...e){super(...e),this.src=null,this.alt=``,this.eager=!1,this.failed=null}static{this.styles=[s,n`
      :host {
        position: relative;
        display: grid;
        place-items: center;
        overflow: hidden;
        background: var(--secondary-background-color);
        border-radius: var(--bvp-picture-radius, var(--ha-border-radius-md, 8px));
        color: var(--secondary-text-color);
        aspect-ratio: 1;
      }
      img {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
        object-fit: contain;
      }
      .icon {
        --mdc-icon-size: 40%;
      }
    `]}render(){return!this.src||this.failed===this.src?h`<span role="img" aria-label=${this.alt}>${p(`mdi:cube-outline`)}</span>`:h`<img
      src=${this.src}
      alt=${this.alt}
      loading=${this.eager?`eager`:`lazy`}
      decoding="async"
      draggable="false"
      @error=${()=>this.failed=this.src}
    />`}};f([d()],F.prototype,`src`,void 0),f([d()],F.prototype,`alt`,void 0),f([d({type:Boolean})],F.prototype,`eager`,void 0),f([i()],F.prototype,`failed`,void 0),F=f([c(`bvp-picture`)],F);function I(e,t){return!e||!t.sliced_for||e===t.sliced_for}function L(e,t,n,r=null){if(n===`none`||n===``)return e.t(`target.later`);let i=t.find(e=>e.id===n);return i?.kind===`printer`?i.name:i?e.t(`target.any`,{model:i.name}):r??n}function R(e){return e.replace(/^Bambu Lab /,``)}var z=class extends m{constructor(...e){super(...e),this.heading=``}static{this.styles=[s,n`
      dialog {
        display: flex;
        flex-direction: column;
        width: min(var(--bvp-dialog-width, 560px), calc(100vw - 32px));
        max-height: calc(100dvh - 64px);
        padding: 0;
        border: 0;
        border-radius: var(--ha-dialog-border-radius, 24px);
        background: var(--ha-dialog-surface-background, var(--card-background-color));
        color: var(--primary-text-color);
        box-shadow: var(--ha-box-shadow-l, 0 8px 32px rgb(0 0 0 / 40%));
      }
      dialog::backdrop {
        background: var(--ha-dialog-scrim-color, rgb(0 0 0 / 32%));
      }
      header {
        display: flex;
        align-items: center;
        gap: 8px;
        padding: 12px 12px 4px;
        padding-inline-start: 24px;
      }
      h2 {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
        font-size: var(--ha-font-size-xl, 20px);
        font-weight: var(--ha-font-weight-normal, 400);
      }
      .content {
        flex: 1;
        overflow: auto;
        padding: 8px 24px;
      }
      footer {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 8px;
        padding: 12px 24px 20px;
      }
      @media (max-width: 600px) {
        dialog {
          width: 100vw;
          max-width: 100vw;
          max-height: 92dvh;
          margin: auto 0 0;
          border-radius: var(--ha-dialog-border-radius, 24px) var(--ha-dialog-border-radius, 24px) 0 0;
        }
        .content {
          padding: 8px 16px;
        }
        footer {
          padding: 12px 16px calc(16px + var(--safe-area-inset-bottom, env(safe-area-inset-bottom, 0px)));
        }
      }
    `]}firstUpdated(){this.dialog.showModal()}close(){this.dispatchEvent(new CustomEvent(`closed`))}onClick(e){if(e.target!==this.dialog)return;let t=this.dialog.getBoundingClientRect();e.clientX>=t.left&&e.clientX<=t.right&&e.clientY>=t.top&&e.clientY<=t.bottom||this.close()}render(){return h`<dialog
      aria-labelledby="heading"
      @cancel=${e=>{e.preventDefault(),this.close()}}
      @click=${this.onClick}
      @keydown=${e=>e.stopPropagation()}
    >
      <header>
        <h2 id="heading">${this.heading||a}</h2>
        ${r({label:this.t(`common.close`),icon:`mdi:close`,onClick:()=>this.close()})}
      </header>
      <div class="content"><slot></slot></div>
      <footer><slot name="actions"></slot></footer>
    </dialog>`}};f([d()],z.prototype,`heading`,void 0),f([g(`dialog`)],z.prototype,`dialog`,void 0),z=f([c(`bvp-dialog`)],z);var B=n`
  .field {
    display: grid;
    gap: 4px;
    margin-bottom: 16px;
  }
  .field > label,
  .field > .label,
  fieldset > legend {
    padding: 0;
    color: var(--secondary-text-color);
    font-size: var(--ha-font-size-s, 12px);
    font-weight: var(--ha-font-weight-medium, 500);
  }
  fieldset {
    min-width: 0;
    margin: 0 0 16px;
    padding: 0;
    border: 0;
  }
  .choice {
    display: flex;
    align-items: center;
    gap: 12px;
    min-height: 44px;
    cursor: pointer;
  }
  .choice[aria-disabled="true"] {
    color: var(--secondary-text-color);
    cursor: default;
  }
  .chips {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .choose {
    min-height: 44px;
    padding: 4px 16px;
    border: 1px solid var(--ha-color-border-neutral-normal, var(--divider-color));
    border-radius: var(--ha-border-radius-pill, 9999px);
    background: none;
    color: inherit;
    font: inherit;
    cursor: pointer;
  }
  .choose[aria-pressed="true"] {
    border-color: var(--primary-color);
    background: color-mix(in srgb, var(--primary-color) 20%, transparent);
    font-weight: var(--ha-font-weight-medium, 500);
  }
  summary {
    min-height: 44px;
    padding: 10px 0;
    cursor: pointer;
  }
`,V=[`timelapse`,`vibration_cali`,`layer_inspect`,`use_ams`],H=[`bed_leveling`,`flow_cali`,`nozzle_offset_cali`],U=class extends m{constructor(...e){super(...e),this.targets=[],this.plates=new Set,this.target=``,this.copies=1,this.when=`now`,this.notBefore=``,this.due=``,this.next=!1,this.options={},this.seeded=!1}static{this.styles=[s,B,n`
      .plates {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(104px, 1fr));
        gap: 8px;
      }
      .plate {
        display: grid;
        gap: 4px;
        padding: 4px;
        border: 2px solid var(--divider-color);
        border-radius: var(--ha-border-radius-md, 8px);
        cursor: pointer;
      }
      .plate:has(input:checked) {
        border-color: var(--primary-color);
      }
      .plate span {
        display: flex;
        align-items: center;
        gap: 6px;
      }
      .copies {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      .copies input {
        width: 72px;
        text-align: center;
      }
      .sum {
        flex: 1 0 100%;
        font-weight: var(--ha-font-weight-medium, 500);
      }
      .options {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(200px, 1fr));
        gap: 0 16px;
      }
    `]}willUpdate(){if(!this.seeded){this.seeded=!0;let e=this.subject.plan;this.target=e?.target??this.suggestedTarget(),this.copies=e?.copies??1,this.when=e?.not_before?`later`:e?.hold?`hold`:`now`,this.notBefore=W(e?.not_before??null),this.due=W(e?.due??null),this.next=e?.priority===`high`,this.options={...e?.options??{}}}let e=this.printable.map(e=>e.number);if(e.length&&![...this.plates].some(t=>e.includes(t))){let t=this.subject.plan?.plates??[];this.plates=new Set(t.length?t:e)}}suggestedTarget(){let e=this.targets.filter(e=>I(this.subject.sliced_for,e));return(e.find(e=>e.kind===`model`)??e[0])?.id??`none`}get printable(){return this.subject.plates.filter(e=>e.printable)}get fields(){let e=this.printable.map(e=>e.number),t=e.every(e=>this.plates.has(e));return{target:this.target,copies:this.copies,hold:this.when===`hold`,priority:this.next?`high`:`normal`,not_before:this.when===`later`&&this.notBefore?new Date(this.notBefore).toISOString():null,due:this.due?new Date(this.due).toISOString():null,...e.length&&!t?{plates:e.filter(e=>this.plates.has(e))}:{},...Object.keys(this.options).length?{options:this.options}:{}}}toggle(e,t){let n=new Set(this.plates);t?n.add(e):n.delete(e),n.size?this.plates=n:this.requestUpdate()}platesPart(){let e=this.printable;if(e.length<2)return a;let{format:t}=this.app;return h`<fieldset>
      <legend>${this.t(`queue_dialog.plates`)}</legend>
      <div class="plates">
        ${e.map(e=>h`<label class="plate">
              <bvp-picture .src=${e.picture_small}></bvp-picture>
              <span
                ><input
                  type="checkbox"
                  .checked=${this.plates.has(e.number)}
                  aria-label=${this.t(`plate.of`,{plate:e.number,name:e.name||this.subject.name})}
                  @change=${t=>this.toggle(e.number,t.target.checked)}
                />${e.print_time_s?t.duration(e.print_time_s):e.number}</span
              >
            </label>`)}
      </div>
    </fieldset>`}targetsPart(){let e=(e,t,n)=>h`<label class="choice" aria-disabled=${!n}>
        <input
          type="radio"
          name="target"
          .checked=${this.target===e}
          ?disabled=${!n}
          @change=${()=>this.target=e}
        />
        <span
          >${t}${n?a:h`<br /><span class="small"
                  >${this.t(`queue_dialog.sliced_for`,{model:R(this.subject.sliced_for)})}</span
                >`}</span
        >
      </label>`;return h`<fieldset>
      <legend>${this.t(`queue_dialog.target`)}</legend>
      ${this.targets.map(t=>e(t.id,L(this.app,this.targets,t.id),I(this.subject.sliced_for,t)))}
      ${e(`none`,this.t(`target.later`),!0)}
    </fieldset>`}copiesPart(){let e=e=>this.copies=Math.min(999,Math.max(1,e||1));return h`<div class="field">
      <label for="copies">${this.t(`queue_dialog.copies`)}</label>
      <span class="copies">
        ${r({label:this.t(`queue_dialog.fewer`),icon:`mdi:minus`,disabled:this.copies<=1,onClick:()=>e(this.copies-1)})}
        <input
          id="copies"
          type="number"
          min="1"
          max="999"
          .value=${String(this.copies)}
          @change=${t=>e(Number(t.target.value))}
        />
        ${r({label:this.t(`queue_dialog.more`),icon:`mdi:plus`,onClick:()=>e(this.copies+1)})}
      </span>
    </div>`}whenPart(){let e=e=>h`<button
        type="button"
        class="choose"
        aria-pressed=${this.when===e}
        @click=${()=>this.when=e}
      >
        ${this.t(`queue_dialog.when_${e}`)}
      </button>`,t=e=>h`<button
        type="button"
        class="choose"
        aria-pressed=${this.next===e}
        @click=${()=>this.next=e}
      >
        ${this.t(e?`queue_dialog.place_next`:`queue_dialog.place_end`)}
      </button>`;return h`<fieldset>
        <legend>${this.t(`queue_dialog.when`)}</legend>
        <div class="chips">${e(`now`)} ${e(`hold`)} ${e(`later`)}</div>
        ${this.when===`later`?h`<input
              type="datetime-local"
              style="margin-top:8px"
              aria-label=${this.t(`queue_dialog.when_later`)}
              .value=${this.notBefore}
              @input=${e=>this.notBefore=e.target.value}
            />`:a}
      </fieldset>
      <fieldset>
        <legend>${this.t(`queue_dialog.place`)}</legend>
        <div class="chips">${t(!1)} ${t(!0)}</div>
      </fieldset>`}optionsPart(){let e=(e,t)=>h`<div class="field">
        <label for=${e}>${this.t(`option.${e}`)}</label>
        <select
          id=${e}
          @change=${n=>{let r=t[n.target.selectedIndex-1],i={...this.options};r?i[e]=r[1]:delete i[e],this.options=i}}
        >
          <option ?selected=${this.options[e]===void 0}>${this.t(`option.as_sliced`)}</option>
          ${t.map(([t,n])=>h`<option ?selected=${this.options[e]===n}>${t}</option>`)}
        </select>
      </div>`,t=this.t(`option.off`),n=this.t(`option.on`),r=this.t(`option.auto`);return h`<details>
      <summary>${this.t(`queue_dialog.options`)}</summary>
      <div class="options">
        ${V.map(r=>e(r,[[t,!1],[n,!0]]))}
        ${H.map(i=>e(i,[[t,`off`],[n,`on`],[r,`auto`]]))}
      </div>
      <div class="field">
        <label for="due">${this.t(`queue_dialog.due`)}</label>
        <input
          id="due"
          type="datetime-local"
          .value=${this.due}
          @input=${e=>this.due=e.target.value}
        />
      </div>
    </details>`}get jobs(){return Math.max(1,this.printable.filter(e=>this.plates.has(e.number)).length)}sum(){let{format:e}=this.app,t=this.printable.filter(e=>this.plates.has(e.number)),n=e=>(t.length?t.reduce((t,n)=>t+(n[e]??0),0):this.subject[e]??0)*this.copies,r=this.printable.reduce((e,t)=>e+(t.filament_g??0),0),i=r&&t.length?n(`filament_g`)/this.copies/r:1;return[this.t(`queue_dialog.jobs`,{count:this.jobs}),n(`print_time_s`)?e.duration(n(`print_time_s`)):``,n(`filament_g`)?e.weight(n(`filament_g`)):``,this.subject.cost?e.money(this.subject.cost*i*this.copies):``].filter(Boolean).join(` · `)}render(){return h`<bvp-dialog
      .app=${this.app}
      .heading=${this.t(`queue_dialog.title`,{name:this.subject.name})}
      @closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
    >
      ${this.platesPart()} ${this.targetsPart()} ${this.copiesPart()} ${this.whenPart()}
      ${this.optionsPart()}
      <span slot="actions" class="sum">${this.sum()}</span>
      <span slot="actions">
        ${u({label:this.t(`common.cancel`),look:`plain`,onClick:()=>this.dispatchEvent(new CustomEvent(`closed`))})}
        ${u({label:this.t(`queue_dialog.queue`,{count:this.jobs}),look:`primary`,onClick:()=>this.dispatchEvent(new CustomEvent(`queue`,{detail:this.fields}))})}
      </span>
    </bvp-dialog>`}};f([d({attribute:!1})],U.prototype,`subject`,void 0),f([d({attribute:!1})],U.prototype,`targets`,void 0),f([i()],U.prototype,`plates`,void 0),f([i()],U.prototype,`target`,void 0),f([i()],U.prototype,`copies`,void 0),f([i()],U.prototype,`when`,void 0),f([i()],U.prototype,`notBefore`,void 0),f([i()],U.prototype,`due`,void 0),f([i()],U.prototype,`next`,void 0),f([i()],U.prototype,`options`,void 0),U=f([c(`bvp-queue-dialog`)],U);function W(e){if(!e)return``;let t=new Date(e);return new Date(t.getTime()-t.getTimezoneOffset()*6e4).toISOString().slice(0,16)}var G=n`
  .swatches {
    display: inline-flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px;
  }
  .swatch {
    display: inline-block;
    flex: none;
    width: 14px;
    height: 14px;
    border: 1px solid var(--secondary-text-color);
    border-radius: 50%;
  }
`;function K(e){return e&&/^#([0-9a-f]{6}|[0-9a-f]{8})$/i.test(e)?e:null}function q(e){let t=K(e);return t?h`<span class="swatch" style="background:${t}" title=${t} aria-hidden="true"></span>`:a}function ae(e,t){let n=[...new Set(t.filter(Boolean))];return!e.length&&!n.length?a:h`<span class="swatches"
    >${e.slice(0,8).map(e=>q(e))}<span>${n.join(`, `)}</span></span
  >`}var J=class extends m{constructor(...e){super(...e),this.heading=``,this.question=``,this.label=``,this.confirm=``,this.danger=!1,this.suggestions=[],this.text=``}static{this.styles=[s,B]}done(e){this.dispatchEvent(new CustomEvent(`done`,{detail:e}))}render(){return h`<bvp-dialog
      .app=${this.app}
      .heading=${this.heading}
      @closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
    >
      ${this.question?h`<p>${this.question}</p>`:a}
      ${this.suggestions.length?h`<div class="chips field">
            ${this.suggestions.map(e=>h`<button type="button" class="choose" @click=${()=>this.done(e)}>
                  ${e}
                </button>`)}
          </div>`:a}
      ${this.label?h`<div class="field">
            <label for="text">${this.label}</label>
            <textarea
              id="text"
              rows="2"
              .value=${this.text}
              @input=${e=>this.text=e.target.value}
            ></textarea>
          </div>`:a}
      <span slot="actions">
        ${u({label:this.t(`common.cancel`),look:`plain`,onClick:()=>this.dispatchEvent(new CustomEvent(`closed`))})}
        ${u({label:this.confirm,look:this.danger?`danger`:`primary`,onClick:()=>this.done(this.text.trim())})}
      </span>
    </bvp-dialog>`}};f([d()],J.prototype,`heading`,void 0),f([d()],J.prototype,`question`,void 0),f([d()],J.prototype,`label`,void 0),f([d()],J.prototype,`confirm`,void 0),f([d({type:Boolean})],J.prototype,`danger`,void 0),f([d({attribute:!1})],J.prototype,`suggestions`,void 0),f([i()],J.prototype,`text`,void 0),J=f([c(`bvp-text-dialog`)],J);var Y=class extends m{static{this.styles=[s,B]}save(){let e=e=>this.renderRoot.querySelector(`#${e}`).value.trim(),t={name:e(`name`),notes:e(`notes`),project:e(`project`),link:e(`link`),tags:e(`tags`).split(`,`).map(e=>e.trim()).filter(Boolean)},n=this.item,r=Object.fromEntries(Object.entries(t).filter(([e,t])=>JSON.stringify(t)!==JSON.stringify(n[e])));this.dispatchEvent(new CustomEvent(`save`,{detail:r}))}render(){let{item:e}=this,t=(t,n=`text`)=>h`<div class="field">
        <label for=${t}>${this.t(`notes.${t}`)}</label>
        <input id=${t} type=${n} .value=${e[t]} maxlength="2000" />
      </div>`;return h`<bvp-dialog
      .app=${this.app}
      .heading=${this.t(`notes.title`)}
      @closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
    >
      ${t(`name`)}
      <div class="field">
        <label for="notes">${this.t(`notes.notes`)}</label>
        <textarea id="notes" rows="4" .value=${e.notes}></textarea>
      </div>
      <div class="field">
        <label for="tags">${this.t(`notes.tags`)}</label>
        <input id="tags" .value=${e.tags.join(`, `)} aria-describedby="tags-help" />
        <span id="tags-help" class="small secondary">${this.t(`notes.tags_help`)}</span>
      </div>
      ${t(`project`)} ${t(`link`,`url`)}
      <span slot="actions">
        ${u({label:this.t(`common.cancel`),look:`plain`,onClick:()=>this.dispatchEvent(new CustomEvent(`closed`))})}
        ${u({label:this.t(`common.save`),look:`primary`,onClick:()=>this.save()})}
      </span>
    </bvp-dialog>`}};f([d({attribute:!1})],Y.prototype,`item`,void 0),Y=f([c(`bvp-notes-dialog`)],Y);var X=class extends m{constructor(...e){super(...e),this.cover=null,this.name=``,this.plates=[],this.at=0}static{this.styles=[s,n`
      :host {
        display: block;
      }
      .well {
        position: relative;
      }
      bvp-picture {
        aspect-ratio: auto;
        height: var(--bvp-plates-height, 320px);
        --bvp-picture-radius: var(--ha-border-radius-lg, 12px);
      }
      .step {
        position: absolute;
        top: calc(50% - 22px);
        border-radius: 50%;
        background: var(--card-background-color);
      }
      .back {
        inset-inline-start: 8px;
      }
      .on {
        inset-inline-end: 8px;
      }
      .caption {
        padding-top: 8px;
        color: var(--secondary-text-color);
        text-align: center;
      }
    `]}willUpdate(e){(e.has(`name`)||this.at>=this.plates.length)&&(this.at=0)}step(e){let t=this.plates.length;this.at=(this.at+e+t)%t}describe(e){let{format:t}=this.app,n=this.t(`plate.of`,{plate:e.number,name:e.name||this.name});return e.objects.length?`${n}: ${t.list(e.objects.slice(0,5))}`:n}render(){let e=this.plates[this.at],t=this.plates.length>1,{format:n}=this.app;return h`<div class="well">
        <bvp-picture
          eager
          .src=${(e?e.picture:null)??this.cover}
          .alt=${e?this.describe(e):this.name}
        ></bvp-picture>
        ${t?h`<span class="step back"
                >${r({label:this.t(`plate.previous`),icon:`mdi:chevron-left`,onClick:()=>this.step(-1)})}</span
              ><span class="step on"
                >${r({label:this.t(`plate.next`),icon:`mdi:chevron-right`,onClick:()=>this.step(1)})}</span
              >`:a}
      </div>
      ${t&&e?h`<p class="caption">
            ${[this.t(`plate.number`,{plate:e.number,plates:this.plates.length}),e.name,e.print_time_s?n.duration(e.print_time_s):``,e.filament_g?n.weight(e.filament_g):``].filter(Boolean).join(` · `)}
          </p>`:a}`}};f([d({attribute:!1})],X.prototype,`cover`,void 0),f([d()],X.prototype,`name`,void 0),f([d({attribute:!1})],X.prototype,`plates`,void 0),f([i()],X.prototype,`at`,void 0),X=f([c(`bvp-plates`)],X);var Z=class extends m{constructor(...e){super(...e),this.narrow=!1,this.canAct=!0,this.details=null,this.writing=!1}static{this.styles=[s,j,P,G,n`
      :host {
        display: block;
      }
      .panel {
        overflow: hidden;
      }
      .body {
        display: grid;
        gap: 12px;
        padding: 16px;
      }
      .title {
        display: flex;
        align-items: start;
        gap: 4px;
      }
      .title h2 {
        flex: 1;
        min-width: 0;
        padding-top: 8px;
        overflow-wrap: anywhere;
        font-size: var(--ha-font-size-xl, 20px);
        font-weight: var(--ha-font-weight-normal, 400);
        line-height: 1.4;
      }
      .filaments {
        display: grid;
        gap: 4px;
      }
      .filaments li {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        padding: 12px 16px;
        border-top: 1px solid var(--divider-color);
        background: var(--card-background-color);
      }
      .split {
        display: inline-flex;
        align-items: center;
      }
      .spacer {
        flex: 1;
      }
      :host([narrow]) .panel {
        flex: 1;
        border: 0;
        border-radius: 0;
      }
      :host([narrow]) {
        display: flex;
        flex-direction: column;
        background: var(--card-background-color);
        --bvp-plates-height: 240px;
      }
      :host([narrow]) .actions {
        position: sticky;
        bottom: 0;
        flex-wrap: nowrap;
        padding: 8px;
      }
      :host([narrow]) .actions .button .icon {
        display: none;
      }
      :host([narrow]) .actions > .button,
      :host([narrow]) .split {
        flex: 1;
        min-width: 0;
      }
      :host([narrow]) .split > .button {
        flex: 1;
        min-width: 0;
      }
      :host([narrow]) .button {
        padding: 4px 10px;
      }
      :host([narrow]) .actions .button span {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .notes {
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
    `]}willUpdate(e){if(!e.has(`upload`))return;this.details?.id!==this.upload.id&&(this.details=null);let t=this.upload.id;this.app.api.upload(t).then(e=>{this.upload.id===t&&(this.details=e)},()=>void 0)}decide(e){this.dispatchEvent(new CustomEvent(`decide`,{detail:e}))}async edit(e){if(this.writing=!1,!Object.keys(e).length)return;let[t]=(await this.app.attempt(this.app.api.editUpload(this.upload.id,e)))?.results??[];t?.result===`already_processed`?this.app.toast(this.t(`decided.already`)):t?.error&&this.app.toast(this.app.sayError(t.error))}copyLink(){let e=location.origin+this.app.url(`inbox`,this.upload.id);this.app.attempt(navigator.clipboard.writeText(e).then(()=>this.app.toast(this.t(`common.link_copied`))))}facts(){let{upload:e,details:t}=this,{format:n}=this.app;return h`<div class="facts">
      ${N(`mdi:clock-outline`,this.t(`fact.time`),e.print_time_s===null?null:n.duration(e.print_time_s))}
      ${N(`mdi:weight`,this.t(`fact.weight`),e.filament_g===null?null:n.weight(e.filament_g))}
      ${N(`mdi:cash`,this.t(`fact.cost`),e.cost===null?null:n.money(e.cost))}
      ${N(`mdi:layers-outline`,this.t(`fact.plates_name`),this.t(`fact.plates`,{count:e.plate_count}))}
      ${N(`mdi:arrow-collapse-down`,this.t(`fact.layer_height`),t?.layer_height_mm?this.t(`fact.millimetres`,{millimetres:t.layer_height_mm}):null)}
      ${N(`mdi:file-outline`,this.t(`fact.size`),n.bytes(e.size_bytes))}
    </div>`}filaments(){let{upload:e,details:t}=this,n=t?.filaments??[],{format:r}=this.app,i=n.length?n.map(e=>h`<li>
              ${q(e.color)}<span
                >${e.profile||e.type}${e.used_g?` · ${r.weight(e.used_g)}`:``}</span
              >
            </li>`):e.filament_types.map((t,n)=>h`<li>${q(e.filament_colors[n]??null)}<span>${t}</span></li>`);return i.length?h`<ul class="filaments" aria-label=${this.t(`fact.filament`)}>
          ${i}
        </ul>`:a}warnings(){let{upload:e}=this,{format:n}=this.app;return h`${e.wrong_model?t(`warning`,this.app.say(e.wrong_model)):a}
    ${e.duplicate_of?t(e.last_failure?`warning`:`info`,e.last_failure?this.t(`known.failed`,{reason:e.last_failure}):e.print_count&&e.last_printed_at?this.t(`known.printed`,{count:e.print_count,date:n.date(e.last_printed_at)}):this.t(`known.archived`),u({label:this.t(`common.show`),look:`plain`,onClick:()=>this.app.go(`archive`,e.duplicate_of)})):a}`}actions(){let{upload:e}=this,t=e.print_requested,n=!this.canAct,i=u({label:this.t(`verb.archive`),icon:`mdi:archive-arrow-down`,look:t?`outlined`:`primary`,disabled:n,onClick:()=>this.decide(`archive`)}),a=h`<span class="split"
      >${u({label:this.t(`verb.queue`),icon:`mdi:playlist-plus`,look:t?`primary`:`outlined`,disabled:n,onClick:()=>this.decide(`queue`)})}${r({label:this.t(`verb.queue_dots`),icon:`mdi:tune-variant`,disabled:n,onClick:()=>this.dispatchEvent(new CustomEvent(`plan`))})}</span
    >`,o=u({label:this.t(`verb.discard`),icon:`mdi:delete-outline`,look:`outlined`,disabled:n,onClick:()=>this.decide(`discard`)});return h`<div class="actions">
      ${this.narrow?[o,i,a]:[t?[a,i]:[i,a],h`<span class="spacer"></span>`,o]}
    </div>`}menu(){let{upload:e}=this;return h`<bvp-menu
      .app=${this.app}
      .label=${this.t(`common.more`)}
      .items=${[{label:this.t(`verb.send_back_dots`),icon:`mdi:undo-variant`,disabled:!this.canAct,onClick:()=>this.decide(`send_back`)},{label:this.t(`notes.title`),icon:`mdi:pencil-outline`,disabled:!this.canAct,onClick:()=>this.writing=!0},e.download!==null&&{label:this.t(`common.download`),icon:`mdi:download`,href:e.download,download:!0},{label:this.t(`common.copy_link`),icon:`mdi:link-variant`,onClick:()=>this.copyLink()}]}
    ></bvp-menu>`}render(){let{upload:e}=this,{format:t}=this.app;return h`<article class="panel card" aria-label=${e.name}>
        <bvp-plates
          .app=${this.app}
          .cover=${e.picture}
          .name=${e.name}
          .plates=${this.details?.plates??[]}
        ></bvp-plates>
        <div class="body">
          <div class="title">
            ${this.narrow?r({label:this.t(`common.back`),icon:`mdi:arrow-left`,onClick:()=>this.dispatchEvent(new CustomEvent(`back`))}):a}
            <h2>${e.name}</h2>
            ${r({label:this.t(`fact.favourite`),icon:e.favourite?`mdi:star`:`mdi:star-outline`,pressed:e.favourite,disabled:!this.canAct,onClick:()=>void this.edit({favourite:!e.favourite})})}
            ${this.menu()}
          </div>
          <p class="secondary">
            ${this.t(e.source_ip?`inbox.sent_by`:`inbox.uploaded`,{source:e.source_ip,printer:e.printer})}
            · ${t.ago(e.received_at)}
          </p>
          ${this.facts()} ${this.filaments()} ${this.warnings()}
          ${e.print_requested?h`<p>
                ${M(`mdi:play-circle-outline`,this.t(`inbox.print_requested`),`active`)}
              </p>`:a}
          ${e.sliced_for&&!e.wrong_model?h`<p class="fact">
                ${p(`mdi:check`)}<span
                  >${this.t(`inbox.sliced_for`,{model:R(e.sliced_for)})}</span
                >
              </p>`:a}
          <p class="fact">
            ${p(`mdi:playlist-play`)}<span
              >${this.t(`inbox.goes_to`,{target:L(this.app,this.app.store.state.targets,e.plan.target,e.plan.target_name)})}</span
            >
          </p>
          ${e.notes?h`<p class="notes">${e.notes}</p>`:a}
          ${e.tags.length||e.project?h`<p class="facts">
                ${e.project?M(`mdi:folder-outline`,e.project):a}
                ${e.tags.map(e=>M(`mdi:tag-outline`,e))}
              </p>`:a}
        </div>
        ${this.narrow?a:this.actions()}
      </article>
      ${this.narrow?this.actions():a}
      ${this.writing?h`<bvp-notes-dialog
            .app=${this.app}
            .item=${e}
            @save=${e=>void this.edit(e.detail)}
            @closed=${()=>this.writing=!1}
          ></bvp-notes-dialog>`:a}`}};f([d({attribute:!1})],Z.prototype,`upload`,void 0),f([d({type:Boolean,reflect:!0})],Z.prototype,`narrow`,void 0),f([d({type:Boolean})],Z.prototype,`canAct`,void 0),f([i()],Z.prototype,`details`,void 0),f([i()],Z.prototype,`writing`,void 0),Z=f([c(`bvp-upload`)],Z);var Q=class extends l{constructor(...e){super(...e),this.selecting=!1,this.selected=new Set,this.dialog=null,this.about=[],this.details=null,this.touch=null,this.onKey=e=>{if(!this.app.shortcuts||te(e)||this.dialog)return;let{inbox:t}=this.state,n=this.current,r=t.findIndex(e=>e.id===n?.id),i=e=>e&&this.app.go(`inbox`,e.id,{},!0);switch(e.key){case`j`:case`ArrowDown`:i(t[r+1]);break;case`k`:case`ArrowUp`:i(t[r-1]);break;case`a`:n&&this.act(`archive`,[n]);break;case`u`:n&&this.act(`queue`,[n]);break;case`x`:n&&(this.selecting=!0,this.select(n.id,!this.selected.has(n.id)));break;case`Delete`:n&&this.act(`discard`,[n]);break;case`Escape`:if(!this.selecting)return;this.endSelecting();break;default:return}e.preventDefault(),e.stopImmediatePropagation()}}static{this.styles=[s,j,P,G,n`
      :host {
        display: flex;
        flex: 1 0 auto;
        flex-direction: column;
      }
      :host([narrow]) .detail {
        position: static;
        flex: 1;
      }
      .page {
        display: grid;
        grid-template-columns: minmax(320px, 400px) minmax(0, 1fr);
        gap: 24px;
        align-items: start;
        width: 100%;
        max-width: 1248px;
        margin: 0 auto;
        padding: 16px var(--bvp-gutter) 24px;
      }
      :host([narrow]) .page {
        display: block;
        padding: 8px var(--bvp-gutter) 16px;
      }
      .detail {
        position: sticky;
        top: 16px;
      }
      .top {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 48px;
      }
      .top h2 {
        flex: 1;
      }
      .bulk {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        padding-bottom: 8px;
      }
      .list {
        display: grid;
        gap: 8px;
      }
      .item {
        position: relative;
        display: flex;
        align-items: center;
      }
      .item.selected {
        outline: 2px solid var(--primary-color);
        outline-offset: -1px;
      }
      .item > input {
        flex: none;
        margin-inline-start: 12px;
      }
      .row {
        display: grid;
        flex: 1;
        grid-template-columns: 72px minmax(0, 1fr);
        gap: 12px;
        padding: 8px;
        border-radius: inherit;
        color: inherit;
        text-decoration: none;
      }
      .row bvp-picture {
        align-self: center;
      }
      .text {
        display: grid;
        gap: 2px;
        align-content: center;
      }
      .head {
        display: flex;
        gap: 8px;
        align-items: baseline;
      }
      .name {
        flex: 1;
        min-width: 0;
        overflow: hidden;
        font-weight: var(--ha-font-weight-medium, 500);
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .line {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .item.moving .row {
        touch-action: pan-y;
      }
    `]}connectedCallback(){super.connectedCallback(),document.addEventListener(`keydown`,this.onKey)}disconnectedCallback(){super.disconnectedCallback(),document.removeEventListener(`keydown`,this.onKey)}get current(){let{inbox:e}=this.state;return e.find(e=>e.id===this.route.id)??(this.narrow?void 0:e[0])}get canAct(){return this.state.connection===`live`}async decide(e,t,n={}){this.closeDialog();let r=new Set(e.map(e=>e.id)),{inbox:i}=this.state,a=i.findIndex(e=>e.id===this.current?.id),o=i.slice(Math.max(0,a)).find(e=>!r.has(e.id))??i.findLast(e=>!r.has(e.id));this.endSelecting(),this.route.id&&r.has(this.route.id)&&this.app.go(`inbox`,this.narrow?null:o?.id??null,{},!0),await A(this.app,e,t,n)}act(e,t){t.length&&this.canAct&&(e===`send_back`?this.openDialog(`send_back`,t):e===`discard`&&!this.state.options.undo_minutes?this.openDialog(`discard`,t):this.decide(t,e))}openDialog(e,t){this.about=t,this.dialog=e,this.details=null;let[n]=t;e===`queue`&&n&&t.length===1&&this.app.attempt(this.app.api.upload(n.id)).then(e=>{e&&this.about[0]?.id===e.id&&(this.details=e,this.requestUpdate())})}closeDialog(){this.dialog=null,this.about=[]}endSelecting(){this.selecting=!1,this.selected=new Set}select(e,t){let n=new Set(this.selected);t?n.add(e):n.delete(e),this.selected=n}get chosen(){return this.state.inbox.filter(e=>this.selected.has(e.id))}onTouchStart(e,t){let[n]=e.touches;this.touch=n?{id:t.id,x:n.clientX,y:n.clientY}:null}onTouchEnd(e,t){let n=this.touch,[r]=e.changedTouches;if(this.touch=null,!n||!r||n.id!==t.id||this.selecting)return;let i=r.clientX-n.x;if(Math.abs(i)<120||Math.abs(r.clientY-n.y)>40)return;e.preventDefault();let a=getComputedStyle(this).direction===`rtl`;this.act(i>0===a?`discard`:`archive`,[t])}item(e){let{format:t}=this.app,n=!this.narrow&&this.current?.id===e.id;return h`<li class="item card ${n?`selected`:``}">
      ${this.selecting?h`<input
            type="checkbox"
            aria-label=${e.name}
            .checked=${this.selected.has(e.id)}
            @change=${t=>this.select(e.id,t.target.checked)}
          />`:a}
      <a
        class="row"
        href=${this.app.url(`inbox`,e.id)}
        aria-current=${n?`true`:a}
        @click=${t=>{t.ctrlKey||t.metaKey||t.shiftKey||(t.preventDefault(),t.stopPropagation(),this.selecting?this.select(e.id,!this.selected.has(e.id)):this.app.go(`inbox`,e.id,{},!this.narrow))}}
        @touchstart=${{handleEvent:t=>this.onTouchStart(t,e),passive:!0}}
        @touchend=${t=>this.onTouchEnd(t,e)}
      >
        <bvp-picture .src=${e.picture_small}></bvp-picture>
        <span class="text">
          <span class="head"
            ><span class="name">${e.name}</span
            ><span class="secondary small">${t.ago(e.received_at)}</span></span
          >
          <span class="facts">
            ${N(`mdi:clock-outline`,this.t(`fact.time`),e.print_time_s===null?null:t.duration(e.print_time_s))}
            ${N(`mdi:weight`,this.t(`fact.weight`),e.filament_g===null?null:t.weight(e.filament_g))}
            ${ae(e.filament_colors,e.filament_types)}
          </span>
          <span class="secondary line"
            >${[e.printer,e.plate_count>1?this.t(`fact.plates`,{count:e.plate_count}):``].filter(Boolean).join(` · `)}</span
          >
          <span class="facts">${this.hints(e)}</span>
        </span>
      </a>
    </li>`}hints(e){return[e.print_requested?M(`mdi:play-circle-outline`,this.t(`inbox.print_requested`),`active`):a,e.wrong_model?M(`mdi:alert`,this.t(`inbox.wrong_model`),`warning`):a,$(this,e)]}nothing(){let{printers:e,options:t}=this.state,n=e.find(e=>e.kind===`virtual`&&e.mode===`review`);return e.some(e=>e.kind===`virtual`)?n||t.pending_modes?_(`mdi:inbox-outline`,n?this.t(`inbox.empty_send`,{printer:n.name}):this.t(`inbox.empty`)):_(`mdi:inbox-outline`,this.t(`inbox.nobody_asks`),u({label:this.t(`inbox.to_printers`),onClick:()=>this.app.go(`printers`)})):_(`mdi:printer-3d`,this.t(`inbox.no_printer`),u({label:this.t(`inbox.to_printers`),look:`primary`,onClick:()=>this.app.go(`printers`)}))}list(){let{inbox:e}=this.state;return h`<section>
      <div class="top">
        <h2>${this.t(`inbox.title`,{count:e.length})}</h2>
        ${r({label:this.t(`common.select`),icon:`mdi:checkbox-multiple-marked-outline`,pressed:this.selecting,onClick:()=>{this.selecting?this.endSelecting():this.selecting=!0}})}
      </div>
      ${this.selecting?this.bulk():a}
      <ul class="list">
        ${O(e,e=>e.id,e=>this.item(e))}
      </ul>
      ${this.state.inbox_more?h`<p class="secondary">${this.t(`inbox.more`)}</p>`:a}
    </section>`}bulk(){let e=this.chosen,t=!e.length||!this.canAct;return h`<div class="bulk" role="group" aria-label=${this.t(`common.select`)}>
      ${u({label:e.length===this.state.inbox.length?this.t(`common.select_none`):this.t(`common.select_all`),look:`plain`,onClick:()=>this.selected=new Set(e.length===this.state.inbox.length?[]:this.state.inbox.map(e=>e.id))})}
      ${u({label:this.t(`verb.archive`),icon:`mdi:archive-arrow-down`,disabled:t,onClick:()=>this.act(`archive`,e)})}
      ${u({label:this.t(`verb.queue_dots`),icon:`mdi:playlist-plus`,disabled:t,onClick:()=>this.openDialog(`queue`,e)})}
      ${u({label:this.t(`verb.discard`),icon:`mdi:delete-outline`,disabled:t,onClick:()=>this.act(`discard`,e)})}
    </div>`}dialogPart(){let e=this.about,[t]=e;if(!this.dialog||!t)return a;let n=e.length===1?t.name:this.t(`inbox.files`,{count:e.length}),r=()=>{this.dialog=null};switch(this.dialog){case`queue`:return h`<bvp-queue-dialog
          .app=${this.app}
          .targets=${this.state.targets}
          .subject=${{...this.details??t,name:n,plates:this.details?.plates??[],...e.length===1?{}:{plan:null,print_time_s:null,filament_g:null,cost:null}}}
          @closed=${r}
          @queue=${t=>void this.decide(e,`queue`,t.detail)}
        ></bvp-queue-dialog>`;case`send_back`:return h`<bvp-text-dialog
          .app=${this.app}
          .heading=${this.t(`send_back.title`,{name:n})}
          .question=${this.t(`send_back.text`)}
          .label=${this.t(`send_back.note`)}
          .confirm=${this.t(`verb.send_back`)}
          @closed=${r}
          @done=${t=>void this.decide(e,`send_back`,{note:t.detail})}
        ></bvp-text-dialog>`;case`discard`:return h`<bvp-text-dialog
          .app=${this.app}
          danger
          .heading=${this.t(`discard.title`,{name:n})}
          .question=${this.t(`discard.text`)}
          .confirm=${this.t(`verb.discard`)}
          @closed=${r}
          @done=${()=>void this.decide(e,`discard`)}
        ></bvp-text-dialog>`}}detail(e){return h`<bvp-upload
      class="detail"
      .app=${this.app}
      .upload=${e}
      .narrow=${this.narrow}
      .canAct=${this.canAct}
      @decide=${t=>this.act(t.detail,[e])}
      @plan=${()=>this.openDialog(`queue`,[e])}
      @back=${()=>this.app.go(`inbox`,null,{},!0)}
    ></bvp-upload>`}render(){let{inbox:e}=this.state,t=this.current;return this.narrow&&this.route.id?h`${t?this.detail(t):_(`mdi:check-circle-outline`,this.t(`inbox.gone`),u({label:this.t(`tab.inbox`),onClick:()=>this.app.go(`inbox`,null,{},!0)}))}
      ${this.dialogPart()}`:e.length?h`<div class="page">
        ${this.list()} ${!this.narrow&&t?this.detail(t):a}
      </div>
      ${this.dialogPart()}`:this.nothing()}};f([i()],Q.prototype,`selecting`,void 0),f([i()],Q.prototype,`selected`,void 0),f([i()],Q.prototype,`dialog`,void 0),Q=f([c(`bvp-inbox`)],Q);function $(e,t){let{t:n,format:r}=e.app;return t.last_failure?M(`mdi:alert-outline`,n(`known.failed`,{reason:t.last_failure}),`warning`):t.print_count&&t.last_printed_at?M(`mdi:check`,n(`known.printed`,{count:t.print_count,date:r.date(t.last_printed_at)}),`good`):t.duplicate_of?M(`mdi:content-duplicate`,n(`known.archived`)):a}export{Q as BvpInbox,$ as knownChip};