import{S as e,_ as t,b as n,c as r,g as i,h as a,i as o,m as s,p as c,r as l,s as u,t as d,v as f,y as p}from"./element-D4GfWBqq.js";import{t as m}from"./query-DDQkTGvL.js";var h={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},g=e=>(...t)=>({_$litDirective$:e,values:t}),_=class{constructor(e){}get _$AU(){return this._$AM._$AU}_$AT(e,t,n){this._$Ct=e,this._$AM=t,this._$Ci=n}_$AS(e,t){return this.update(e,t)}update(e,t){return this.render(...t)}},{I:v}=n,y=e=>e,b=e=>e.strings===void 0,x=()=>document.createComment(``),S=(e,t,n)=>{let r=e._$AA.parentNode,i=t===void 0?e._$AB:t._$AA;if(n===void 0)n=new v(r.insertBefore(x(),i),r.insertBefore(x(),i),e,e.options);else{let t=n._$AB.nextSibling,a=n._$AM,o=a!==e;if(o){let t;n._$AQ?.(e),n._$AM=e,n._$AP!==void 0&&(t=e._$AU)!==a._$AU&&n._$AP(t)}if(t!==i||o){let e=n._$AA;for(;e!==t;){let t=y(e).nextSibling;y(r).insertBefore(e,i),e=t}}}return n},C=(e,t,n=e)=>(e._$AI(t,n),e),w={},T=(e,t=w)=>e._$AH=t,E=e=>e._$AH,D=e=>{e._$AR(),e._$AA.remove()},O=(e,t,n)=>{let r=new Map;for(let i=t;i<=n;i++)r.set(e[i],i);return r},k=g(class extends _{constructor(e){if(super(e),e.type!==h.CHILD)throw Error(`repeat() can only be used in text expressions`)}dt(e,t,n){let r;n===void 0?n=t:t!==void 0&&(r=t);let i=[],a=[],o=0;for(let t of e)i[o]=r?r(t,o):o,a[o]=n(t,o),o++;return{values:a,keys:i}}render(e,t,n){return this.dt(e,t,n).values}update(e,[t,n,r]){let i=E(e),{values:a,keys:o}=this.dt(t,n,r);if(!Array.isArray(i))return this.ut=o,a;let s=this.ut??=[],c=[],l,u,d=0,p=i.length-1,m=0,h=a.length-1;for(;d<=p&&m<=h;)if(i[d]===null)d++;else if(i[p]===null)p--;else if(s[d]===o[m])c[m]=C(i[d],a[m]),d++,m++;else if(s[p]===o[h])c[h]=C(i[p],a[h]),p--,h--;else if(s[d]===o[h])c[h]=C(i[d],a[h]),S(e,c[h+1],i[d]),d++,h--;else if(s[p]===o[m])c[m]=C(i[p],a[m]),S(e,i[d],i[p]),p--,m++;else if(l===void 0&&(l=O(o,m,h),u=O(s,d,p)),l.has(s[d])){if(l.has(s[p])){let t=u.get(o[m]),n=t===void 0?null:i[t];if(n===null){let t=S(e,i[d]);C(t,a[m]),c[m]=t}else c[m]=C(n,a[m]),S(e,i[d],n),i[t]=null;m++}else D(i[p]),p--}else D(i[d]),d++;for(;m<=h;){let t=S(e,c[h+1]);C(t,a[m]),c[m++]=t}for(;d<=p;){let e=i[d++];e!==null&&D(e)}return this.ut=o,T(e,c),f}}),A=e`
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
    --mdc-icon-size: 16px;
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
`;function j(e,t,n=`neutral`){return p`<span class="chip ${n}">${u(e)}<span>${t}</span></span>`}function M(e,n,r){return r?p`<span class="fact" title=${n}
        >${u(e)}<span class="visually-hidden">${n}: </span><span>${r}</span></span
      >`:t}var N=e`
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
    --mdc-icon-size: 16px;
    width: 16px;
    height: 16px;
    color: var(--secondary-text-color);
  }
`,P=class extends i{constructor(...e){super(...e),this.src=null,this.alt=``,this.eager=!1,this.failed=null}static{this.styles=[o,e`
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
    `]}render(){return!this.src||this.failed===this.src?p`<span role="img" aria-label=${this.alt}>${u(`mdi:cube-outline`)}</span>`:p`<img
      src=${this.src}
      alt=${this.alt}
      loading=${this.eager?`eager`:`lazy`}
      decoding="async"
      draggable="false"
      @error=${()=>this.failed=this.src}
    />`}};l([s()],P.prototype,`src`,void 0),l([s()],P.prototype,`alt`,void 0),l([s({type:Boolean})],P.prototype,`eager`,void 0),l([c()],P.prototype,`failed`,void 0),P=l([a(`bvp-picture`)],P);var F=class extends d{constructor(...e){super(...e),this.heading=``}static{this.styles=[o,e`
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
    `]}firstUpdated(){this.dialog.showModal()}close(){this.dispatchEvent(new CustomEvent(`closed`))}onClick(e){if(e.target!==this.dialog)return;let t=this.dialog.getBoundingClientRect();e.clientX>=t.left&&e.clientX<=t.right&&e.clientY>=t.top&&e.clientY<=t.bottom||this.close()}render(){return p`<dialog
      aria-labelledby="heading"
      @cancel=${e=>{e.preventDefault(),this.close()}}
      @click=${this.onClick}
      @keydown=${e=>e.stopPropagation()}
    >
      <header>
        <h2 id="heading">${this.heading||t}</h2>
        ${r({label:this.t(`common.close`),icon:`mdi:close`,onClick:()=>this.close()})}
      </header>
      <div class="content" tabindex="0"><slot></slot></div>
      <footer><slot name="actions"></slot></footer>
    </dialog>`}};l([s()],F.prototype,`heading`,void 0),l([m(`dialog`)],F.prototype,`dialog`,void 0),F=l([a(`bvp-dialog`)],F);var I=e`
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
`;function L(e){return e&&/^#([0-9a-f]{6}|[0-9a-f]{8})$/i.test(e)?e:null}function R(e){let n=L(e);return n?p`<span class="swatch" style="background:${n}" title=${n} aria-hidden="true"></span>`:t}function z(e,n){let r=[...new Set(n.filter(Boolean))];return!e.length&&!r.length?t:p`<span class="swatches"
    >${e.slice(0,8).map(e=>R(e))}<span>${r.join(`, `)}</span></span
  >`}export{A as a,k as c,g as d,_ as f,j as i,T as l,I as n,M as o,h as p,z as r,N as s,R as t,b as u};